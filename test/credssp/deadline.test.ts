import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { Deadline } from "../../src/credssp/deadline.ts";
import { rejection } from "./streams.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

it("N10: a handshake keeps no data that it has waited for, however often it waits", async () => {
  const deadline = new Deadline({ handshakeTimeout: 60_000 });
  const pieces: WeakRef<object>[] = [];
  for (let count = 0; count < 100; count += 1)
    pieces.push(new WeakRef(await deadline.race(Promise.resolve({ count }))));
  await pause(1);
  collectGarbage();
  expect(pieces.filter((piece) => piece.deref() !== undefined).length).toBeLessThan(10);
  deadline.stop();
});

it("everybody who waits at the end of a deadline gets its reason, and later results go to the caller's callback", async () => {
  const controller = new AbortController();
  const deadline = new Deadline({ signal: controller.signal });
  const late: string[] = [];
  let finish = (_: string): void => {};
  const work = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const waiting = [rejection(deadline.race(work, (value) => late.push(value))), rejection(deadline.race(work))];
  controller.abort(new Error("enough"));
  expect((await Promise.all(waiting)).map(({ message }) => message)).toEqual(["enough", "enough"]);
  expect((await rejection(deadline.race(Promise.resolve("afterwards"), (value) => late.push(value)))).message).toBe(
    "enough",
  );
  finish("at last");
  await pause(1);
  expect(late).toEqual(["afterwards", "at last"]);
  deadline.stop();
});
