import { expect, it } from "vitest";
import { callOffThread } from "../../src/native/async-calls.ts";

const native = (answer: (done: (error: unknown, result?: number) => void) => void) =>
  Object.assign(() => 0, { async: (...args: readonly unknown[]) => answer(args.at(-1) as never) });

it("a call off the event loop resolves to the native result, or rejects if the call cannot be made", async () => {
  expect(
    await callOffThread(
      native((done) => setImmediate(done, null, 7)),
      [1],
    ),
  ).toBe(7);
  await expect(
    callOffThread(
      native((done) => done(new Error("koffi's words"))),
      [],
    ),
  ).rejects.toThrow("koffi's words");
  const refusing = native(() => {
    throw new RangeError("too many calls");
  });
  await expect(callOffThread(refusing, [])).rejects.toThrow("too many calls");
});
