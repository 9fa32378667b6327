import { afterEach, beforeEach, expect } from "vitest";
import { live } from "../src/index.ts";
import { forgetUses, uses, watchCredentials } from "./report/tested-on.ts";

watchCredentials();
beforeEach(forgetUses);

/** Nothing native may outlive the test that made it. */
afterEach(({ task }) => {
  task.meta.testedOn = uses();
  expect(live()).toEqual({ credentials: 0, contexts: 0, certificates: 0, buffers: 0, tokens: 0, tls: 0 });
});
