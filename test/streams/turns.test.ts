import { describe, expect, it } from "vitest";
import { answer } from "../../src/streams/answer.ts";
import { Turns } from "../../src/streams/turns.ts";

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Work that ends when the test says so. */
function work() {
  let [end, fail] = [(): void => {}, (_: Error): void => {}];
  const promise = new Promise<void>((resolve, reject) => {
    [end, fail] = [resolve, reject];
  });
  return { promise, end: () => end(), fail: (error: Error) => fail(error) };
}

describe("work in turns", () => {
  it("runs one after another in the order of the calls, also after work that failed", async () => {
    const turns = new Turns();
    const [first, second] = [work(), work()];
    const events: string[] = [];
    const one = turns.take(() => {
      events.push("one");
      return first.promise;
    });
    const two = turns.take(() => {
      events.push("two");
      return second.promise;
    });
    const three = turns.take(() => events.push("three"));
    await tick();
    expect(events).toEqual(["one"]);
    const failure = new Error("it failed");
    first.fail(failure);
    await expect(one).rejects.toBe(failure);
    await tick();
    expect(events).toEqual(["one", "two"]);
    second.end();
    await expect(two).resolves.toBeUndefined();
    await expect(three).resolves.toBe(3);
  });

  it("is idle when all of it has ended, also what was added meanwhile, and whether it failed or not", async () => {
    const turns = new Turns();
    const [first, second] = [work(), work()];
    let idle = false;
    turns.take(() => first.promise).catch(() => {});
    const waited = turns.idle().then(() => {
      idle = true;
    });
    void turns.take(() => second.promise);
    first.fail(new Error("it failed"));
    await tick();
    expect(idle).toBe(false);
    second.end();
    await waited;
    expect(idle).toBe(true);
    await turns.idle();
  });
});

describe("the outcome of a promise that is passed to a callback", () => {
  it("is its value after null, or its error alone", async () => {
    const heard: unknown[][] = [];
    const hear = (...args: unknown[]) => void heard.push(args);
    const failure = new Error("it failed");
    answer(Promise.resolve("value"), hear);
    answer(Promise.reject(failure), hear);
    expect(heard).toEqual([]);
    await tick();
    expect(heard).toEqual([[null, "value"], [failure]]);
  });
});
