import { afterAll, afterEach, beforeEach, expect } from "vitest";
import { live } from "../src/index.ts";
import { callbackSlots } from "../src/native/index.ts";
import { nothingLive } from "./nothing-live.ts";
import { forgetUses, uses, watchCredentials } from "./report/tested-on.ts";

watchCredentials();
beforeEach(forgetUses);

/** Nothing native may outlive the test that made it. */
afterEach(({ task }) => {
  task.meta.testedOn = uses();
  expect(live()).toEqual(nothingLive);
});

/** A package host that a file leaves open would be found in the files that run after it in the same process. */
afterAll(() => expect(callbackSlots()).toBe(0));
