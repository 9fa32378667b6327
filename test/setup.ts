import { afterAll, afterEach, beforeEach, expect } from "vitest";
import { live } from "../src/index.ts";
import { callbackSlots } from "../src/native/index.ts";
import { nothingLive } from "./nothing-live.ts";
import { releaseWarnings } from "./release-warnings.ts";
import { forgetUses, uses, watchCredentials } from "./report/tested-on.ts";

watchCredentials();
beforeEach(forgetUses);

/** No native object may outlive the test that made it, and no release may be refused by the provider. */
afterEach(async ({ task }) => {
  task.meta.testedOn = uses();
  expect(live()).toEqual(nothingLive);
  expect(await releaseWarnings()).toEqual([]);
});

/** A package host that a file leaves open would disturb the files that run after it in the same process. */
afterAll(() => expect(callbackSlots()).toBe(0));
