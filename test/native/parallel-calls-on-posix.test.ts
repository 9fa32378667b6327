import { performance } from "node:perf_hooks";
import { expect, it } from "vitest";
import { i32, u32 } from "../../src/ctypes/index.ts";
import { NativeLibrary } from "../../src/native/native-library.ts";
import { calledInTurn } from "./called-in-turn.ts";
import { byValue, declared, libc } from "./libc.ts";

it("native calls off the event loop run in parallel and do not block the event loop", async () => {
  const usleep = NativeLibrary.load(libc).bind(declared("usleep", i32, byValue("microseconds", u32)));
  if (!usleep) throw new Error(`${libc} has no usleep`);
  const start = performance.now();
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
  }, 5);
  await Promise.all(Array.from({ length: 16 }, () => calledInTurn(usleep, [100_000])));
  clearInterval(ticking);
  const elapsed = performance.now() - start;
  expect(elapsed).toBeGreaterThanOrEqual(195);
  // One after another they take at least this long.
  expect(elapsed).toBeLessThan(1_600);
  expect(turns).toBeGreaterThan(3);
});
