import { expect, it } from "vitest";
import { i32, u32, usize } from "../../src/ctypes/index.ts";
import { addressOfBuffer } from "../../src/native/index.ts";
import type { NativeFunction } from "../../src/native/koffi.ts";
import { NativeLibrary } from "../../src/native/native-library.ts";
import { calledInTurn } from "./called-in-turn.ts";
import { byValue, declared, libc } from "./libc.ts";

const semaphore = byValue("semaphore", usize);

function bound(name: string, ...more: Parameters<typeof declared>[2][]): NativeFunction {
  const native = NativeLibrary.load(libc).bind(declared(name, i32, semaphore, ...more));
  if (!native) throw new Error(`${libc} has no ${name}`);
  return native;
}

it("native calls off the event loop run beside each other and beside the event loop", async () => {
  const [init, wait, post] = [
    bound("sem_init", byValue("shared", i32), byValue("value", u32)),
    bound("sem_wait"),
    bound("sem_post"),
  ];
  const memory = new ArrayBuffer(128);
  const addresses = [0, 64].map((offset) => addressOfBuffer(memory) + offset) as [number, number];
  for (const address of addresses) expect(init(address, 0, 0)).toBe(0);
  const ended: number[] = [];
  const [first, second] = addresses.map(async (address, index) => {
    expect(await calledInTurn(wait, [address])).toBe(0);
    ended.push(index);
  });
  // The first call ends last: one after another, or on the event loop, neither would end.
  expect(post(addresses[1])).toBe(0);
  await second;
  expect(ended).toEqual([1]);
  expect(post(addresses[0])).toBe(0);
  await first;
  expect(ended).toEqual([1, 0]);
  // Names the memory here, so that it is not collected before.
  expect(memory.byteLength).toBe(128);
});
