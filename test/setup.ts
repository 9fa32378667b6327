import { afterEach, expect } from "vitest";
import { live } from "../src/index.ts";
import { noteProviders } from "./providers-used.ts";

// Here, since Vitest runs this file anew for each file of tests, and what it imports once.
noteProviders();

/** Nothing native may outlive the test that made it. */
afterEach(() => {
  expect(live()).toEqual({ credentials: 0, contexts: 0, buffers: 0, tokens: 0 });
});
