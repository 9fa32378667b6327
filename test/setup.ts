import { afterEach, expect } from "vitest";
import { live } from "../src/index.ts";

/** Nothing native may outlive the test that made it. */
afterEach(() => {
  expect(live()).toEqual({ credentials: 0, contexts: 0, certificates: 0, buffers: 0, tokens: 0 });
});
