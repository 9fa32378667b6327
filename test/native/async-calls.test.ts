import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callLimit, callOffThread } from "../../src/native/async-calls.ts";
import type { NativeFunction } from "../../src/native/koffi.ts";

type Done = (error: unknown, result?: number) => void;

/** A native function whose calls end when the test says so. */
class Controlled {
  readonly begun: { readonly argument: unknown; readonly done: Done }[] = [];
  readonly native: NativeFunction = Object.assign(() => 0, {
    async: (...args: readonly unknown[]) => {
      this.begun.push({ argument: args[0], done: args.at(-1) as Done });
    },
  });
}

const limit = callLimit(process.env["UV_THREADPOOL_SIZE"]);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("calls off the event loop", () => {
  it.each([
    [undefined, 2],
    ["", 2],
    ["1", 1],
    ["3", 1],
    ["6", 4],
    ["128", 8],
  ])(
    "F10 calls off the event loop leave two of libuv's threads to others where UV_THREADPOOL_SIZE is %s: %i at once",
    (size, calls) => {
      expect(callLimit(size)).toBe(calls);
    },
  );

  it("are no more at once than the limit, and begin in the order they were made, whichever ends first", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), async (choices) => {
        const { begun, native } = new Controlled();
        const calls = choices.map((_, index) => callOffThread(native, [index]));
        const open = new Set<number>();
        let seen = 0;
        for (const choice of choices) {
          await settled();
          while (seen < begun.length) open.add(seen++);
          expect(open.size).toBe(Math.min(limit, choices.length - (seen - open.size)));
          const ends = [...open][choice % open.size] as number;
          open.delete(ends);
          begun[ends]?.done(null, ends * 2);
        }
        expect(await Promise.all(calls)).toEqual(choices.map((_, index) => index * 2));
        expect(begun.map(({ argument }) => argument)).toEqual(choices.map((_, index) => index));
      }),
      { numRuns: 30 },
    );
  });

  it("free their place when they fail", async () => {
    const { begun, native } = new Controlled();
    const calls = Array.from({ length: 12 }, (_, index) => callOffThread(native, [index]));
    const outcomes = Promise.allSettled(calls);
    for (let index = 0; index < 12; index += 1) {
      await settled();
      begun[index]?.done(new Error(`call ${index} failed`));
    }
    expect((await outcomes).map((one) => (one as PromiseRejectedResult).reason as Error)).toEqual(
      calls.map((_, index) => new Error(`call ${index} failed`)),
    );
  });

  it("free their place when they cannot even begin", async () => {
    const refusing = Object.assign(() => 0, {
      async: () => {
        throw new RangeError("too many calls");
      },
    });
    const calls = Array.from({ length: 20 }, () => callOffThread(refusing, []));
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toEqual({ status: "rejected", reason: new RangeError("too many calls") });
    const { begun, native } = new Controlled();
    const after = Array.from({ length: limit }, () => callOffThread(native, []));
    await settled();
    expect(begun).toHaveLength(limit);
    for (const { done } of begun) done(null, 1);
    expect(await Promise.all(after)).toEqual(Array(limit).fill(1));
  });

  it("keep a place that is handed on from being taken twice", async () => {
    const { begun, native } = new Controlled();
    const calls = Array.from({ length: limit + 1 }, () => callOffThread(native, []));
    await settled();
    begun[0]?.done(null, 0);
    calls.push(callOffThread(native, []));
    await settled();
    expect(begun).toHaveLength(limit + 1);
    for (let index = 1; index < limit + 2; index += 1) {
      await settled();
      begun[index]?.done(null, 0);
    }
    expect(await Promise.all(calls)).toHaveLength(limit + 2);
  });
});
