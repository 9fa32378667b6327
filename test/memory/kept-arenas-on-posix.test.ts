import { describe, expect, it } from "vitest";
import { withArena } from "../../src/memory/index.ts";
import { collected } from "./collected.ts";
import { keepArenas } from "./kept-arenas.ts";

/** How many of 40 arenas, each of a call that has returned, still exist after a collection. */
async function survivors(): Promise<number> {
  const arenas = Array.from({ length: 40 }, () =>
    withArena(1024, (arena) => {
      arena.allocate(16);
      return new WeakRef(arena.bytes.buffer);
    }),
  );
  await collected();
  return arenas.filter((arena) => arena.deref() !== undefined).length;
}

describe("the memory of a call that has returned", () => {
  it("may be collected", async () => {
    expect(await survivors()).toBeLessThan(40);
  });

  it("stays until the test has finished where keepArenas() was called", async () => {
    keepArenas();
    expect(await survivors()).toBe(40);
  });
});
