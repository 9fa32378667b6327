import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { Cancellation, CancelledError } from "../../src/values/index.ts";

const never = (): Promise<never> => new Promise(() => {});
const ignore = (): void => {};

describe("a Cancellation", () => {
  it("exists only with a signal or a timeout", () => {
    expect(Cancellation.of("it", undefined)).toBeUndefined();
    expect(Cancellation.of("it", {})).toBeUndefined();
    expect(Cancellation.of("it", { timeout: 0 })).toBeUndefined();
  });

  it.each([
    [{ signal: {} as AbortSignal }, "signal: expected an AbortSignal, got an instance of Object"],
    [{ timeout: -1 }, "timeout: expected an integer from 0 to 2147483647, got -1"],
    [{ timeout: "9" as never }, "timeout: expected a number, got a string of 1 characters"],
  ])("refuses the options %o", (options, message) => {
    expect(() => Cancellation.of("it", options)).toThrow(message);
  });

  it("with an aborted signal throws at once", () => {
    const signal = AbortSignal.abort("over");
    expect(() => Cancellation.of("it", { signal })).toThrow(CancelledError);
    expect(() => Cancellation.of("it", { signal })).toThrow(expect.objectContaining({ cause: "over" }));
  });

  it("ends the wait once, with the signal's reason as the error's cause", async () => {
    const controller = new AbortController();
    const cancellation = Cancellation.of("it", { signal: controller.signal, timeout: 20 }) as Cancellation;
    const told: unknown[] = [];
    cancellation.onCancel((error) => told.push(error));
    const race = cancellation.race(never(), ignore);
    controller.abort("no longer wanted");
    await expect(race).rejects.toMatchObject({
      name: "AbortError",
      code: "ABORT_ERR",
      cause: "no longer wanted",
      message: "it: the signal was aborted",
    });
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(told).toEqual([cancellation.error]);
    expect(() => cancellation.throwIfCancelled()).toThrow(cancellation.error);
  });

  it("ends the wait after its timeout", async () => {
    const cancellation = Cancellation.of("it", { timeout: 5 }) as Cancellation;
    await expect(cancellation.race(never(), ignore)).rejects.toMatchObject({
      name: "TimeoutError",
      code: "SSPI_TIMEOUT",
      message: "it: not complete after 5 ms",
    });
  });

  it.each([
    ["succeeds", () => Promise.resolve(1)],
    ["fails", () => Promise.reject(new Error("of its own"))],
  ])("leaves no listener on the signal when the work %s in time", async (_, work) => {
    const { signal } = new AbortController();
    const cancellation = Cancellation.of("it", { signal, timeout: 5 }) as Cancellation;
    await cancellation.race<number>(work(), ignore).catch(ignore);
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(signal, "abort")).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(cancellation.error).toBeUndefined();
  });

  it("discards a result that comes too late, and ignores a late failure", async () => {
    const discarded: number[] = [];
    for (const late of [Promise.resolve(7), Promise.reject(new Error("too late"))]) {
      const controller = new AbortController();
      const cancellation = Cancellation.of("it", { signal: controller.signal }) as Cancellation;
      const race = cancellation.race<number>(late, (value) => discarded.push(value));
      controller.abort();
      await expect(race).rejects.toMatchObject({ code: "ABORT_ERR" });
    }
    expect(discarded).toEqual([7]);
  });
});
