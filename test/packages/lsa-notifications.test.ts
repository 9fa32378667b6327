import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { PTHREAD_START_ROUTINE } from "../../generated/base/callbacks.ts";
import {
  NOTIFIER_FLAG_ONE_SHOT,
  NOTIFIER_FLAG_SECONDS,
  NOTIFIER_TYPE_IMMEDIATE,
  NOTIFIER_TYPE_INTERVAL,
} from "../../generated/ntsecpkg/constants.ts";
import { STATUS_OBJECT_NAME_NOT_FOUND, STATUS_SUCCESS } from "../../generated/ntstatus/constants.ts";
import { registerCallback } from "../../src/native/index.ts";
import { Notifications } from "../../src/packages/host/lsa-notifications.ts";
import { caller, stage } from "./lsa-functions.ts";

const minute = 60_000;
/** A type of notification for an event of the machine. */
const otherType = 3;

/** Notifications of a host; `fired` has for each call its parameter and the package that it runs in. */
function notified() {
  const { host, within } = stage();
  const fired: unknown[] = [];
  const start = registerCallback(PTHREAD_START_ROUTINE, (parameter) => {
    fired.push([Number(parameter), host.current?.name]);
    return 0;
  });
  const notifications = new Notifications(host);
  const call = caller(notifications.implementations);
  onTestFinished(() => {
    notifications.close();
    start.release();
  });
  const register = (parameter: number, type: number, flags = 0, interval = 0): bigint =>
    call("RegisterNotification", start.address, parameter, type, 0, flags, interval, 0) as bigint;
  return { fired, within, notifications, register, cancel: (handle: bigint) => call("CancelNotification", handle) };
}

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

describe("a notification that a package registers", () => {
  it.each([
    ["every minute", 1, 0, 2],
    ["every 50 seconds", 50, NOTIFIER_FLAG_SECONDS, 2],
    ["once after a minute", 1, NOTIFIER_FLAG_ONE_SHOT, 1],
    ["later than a timer of Node's can wait", 0xffff_ffff, 0, 0],
  ])("%s is not delivered more often", (_, interval, flags, times) => {
    const { fired, register } = notified();
    register(5, NOTIFIER_TYPE_INTERVAL, flags, interval);
    vi.advanceTimersByTime(minute - 10_001);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(minute + 10_001);
    expect(fired).toEqual(Array.from({ length: times }, () => [5, undefined]));
  });

  it("at intervals beyond Node's longest timer is delivered when that has passed", () => {
    const { fired, register } = notified();
    register(5, NOTIFIER_TYPE_INTERVAL, 0, 0xffff_ffff);
    vi.advanceTimersByTime(0x7fff_fffe);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toHaveLength(1);
  });

  it("immediately is delivered once, after the current turn, as a call of the package", () => {
    const { fired, within, register, cancel } = notified();
    const handle = within(() => register(6, NOTIFIER_TYPE_IMMEDIATE));
    expect(fired).toEqual([]);
    vi.runAllTimers();
    expect(fired).toEqual([[6, "Caller"]]);
    expect(cancel(handle)).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
  });

  it("for an event of the machine is accepted and never delivered", () => {
    const { fired, register, cancel } = notified();
    const handle = register(7, otherType, 0, 1);
    vi.advanceTimersByTime(10 * minute);
    expect(fired).toEqual([]);
    expect(cancel(handle)).toBe(STATUS_SUCCESS);
  });

  it("does not keep the process alive", () => {
    const { register } = notified();
    const timers = vi.spyOn(globalThis, "setInterval");
    register(1, NOTIFIER_TYPE_INTERVAL, 0, 1);
    const timer = timers.mock.results[0]?.value as NodeJS.Timeout;
    timers.mockRestore();
    expect(timer.hasRef()).toBe(false);
  });
});

describe("CancelNotification", () => {
  it.each([
    ["an interval", NOTIFIER_TYPE_INTERVAL],
    ["an immediate one", NOTIFIER_TYPE_IMMEDIATE],
  ])("stops %s, once, and no other notification", (_, type) => {
    const { fired, register, cancel } = notified();
    const [one, other] = [register(1, type, NOTIFIER_FLAG_ONE_SHOT, 1), register(2, type, NOTIFIER_FLAG_ONE_SHOT, 1)];
    expect(one).not.toBe(other);
    expect(cancel(one)).toBe(STATUS_SUCCESS);
    expect(cancel(one)).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
    vi.runAllTimers();
    expect(fired).toEqual([[2, undefined]]);
    expect(cancel(other)).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
  });
});

describe("notifications of a closed host", () => {
  it("are never delivered", () => {
    const { fired, register, notifications } = notified();
    register(1, NOTIFIER_TYPE_INTERVAL, 0, 1);
    register(2, NOTIFIER_TYPE_IMMEDIATE);
    notifications.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10 * minute);
    expect(fired).toEqual([]);
  });
});
