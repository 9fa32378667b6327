import { expect, it } from "vitest";
import { addressInPlace } from "../../src/memory/index.ts";
import { collected } from "./collected.ts";

it.each([0x1_0001, 0x10_0000])("F14 bytes of %i bytes are not kept alive by the cache of addresses", async (size) => {
  const used = (() => {
    const bytes = new Uint8Array(size);
    addressInPlace(bytes, "data");
    return new WeakRef(bytes.buffer);
  })();
  await collected();
  expect(used.deref()).toBeUndefined();
});
