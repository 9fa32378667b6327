import { expect, it, onTestFinished, vi } from "vitest";
import { PTHREAD_START_ROUTINE } from "../../generated/base/callbacks.ts";
import type { LSA_REGISTER_NOTIFICATION } from "../../generated/ntsecpkg/callbacks.ts";
import { NOTIFIER_TYPE_INTERVAL } from "../../generated/ntsecpkg/constants.ts";
import { registerCallback } from "../../src/native/index.ts";
import { Notifications } from "../../src/packages/host/lsa-notifications.ts";

type Register = NonNullable<(typeof LSA_REGISTER_NOTIFICATION)["call"]>;

it.each([
  ["every minute", 1, 2],
  ["later than a timer of Node's can wait", 0xffff_ffff, 0],
])("a package that registers a notification %s is not called more often", (_, minutes, times) => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let fired = 0;
  const start = registerCallback(PTHREAD_START_ROUTINE, () => {
    fired += 1;
    return 0;
  });
  const notifications = new Notifications({ current: undefined } as never);
  const register = notifications.implementations["RegisterNotification"]?.work as Register;
  register(start.address, 0, NOTIFIER_TYPE_INTERVAL, 0, 0, minutes, 0);
  vi.advanceTimersByTime(120_000);
  expect(fired).toBe(times);
  notifications.close();
  start.release();
});
