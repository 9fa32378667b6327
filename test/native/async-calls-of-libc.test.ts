import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { i32, u32 } from "../../src/ctypes/index.ts";
import { callOffThread } from "../../src/native/async-calls.ts";
import type { NativeFunction } from "../../src/native/koffi.ts";
import { NativeLibrary } from "../../src/native/native-library.ts";
import { byValue, declared, libc } from "./libc.ts";

const library = NativeLibrary.load(libc);

function bound(name: string, argument: "signed" | "unsigned"): NativeFunction {
  const native = library.bind(declared(name, i32, byValue("argument", argument === "signed" ? i32 : u32)));
  if (!native) throw new Error(`${libc} has no ${name}`);
  return native;
}

describe("real calls off the event loop", { timeout: 30_000 }, () => {
  it("all finish, each with its own answer, however many are queued", async () => {
    const abs = bound("abs", "signed");
    const answers = await Promise.all(Array.from({ length: 1000 }, (_, index) => callOffThread(abs, [-index])));
    expect(answers).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  it.skipIf(process.platform === "win32")("run beside each other and beside the event loop", async () => {
    const usleep = bound("usleep", "unsigned");
    const start = performance.now();
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 5);
    await Promise.all(Array.from({ length: 16 }, () => callOffThread(usleep, [100_000])));
    clearInterval(ticking);
    const elapsed = performance.now() - start;
    expect(elapsed).toBeGreaterThanOrEqual(195);
    expect(elapsed).toBeLessThan(1_000);
    expect(turns).toBeGreaterThan(3);
  });
});
