import { describe, expect, it } from "vitest";
import { abis, hostAbi, type Struct } from "../../src/ctypes/index.ts";
import * as layout from "./golden/layout/generated/layout/structs.ts";
import { sspiStatus } from "./golden/values/generated/status.ts";
import { contextAttributes } from "./golden/values/generated/values/attributes.ts";
import { REQ, REQ_64, REQ_FAR } from "./golden/values/generated/values/constants.ts";

function memory(): DataView {
  return new DataView(new ArrayBuffer(256));
}

const aligned = { Before: 1, Time: -5n, After: 0xffff_ffff };

describe("generated structs read what they wrote, on every ABI", () => {
  const cases: readonly { struct: Struct; value: object }[] = [
    {
      struct: layout.PLAIN,
      value: { Byte: 255, Short: -2, Flag: true, Truth: false, Kind: 10, Word: 0xfedcn, Next: 0x1234n },
    },
    { struct: layout.ALIGNED, value: aligned },
    { struct: layout.PACKED, value: { Byte: 7, Time: 2n ** 62n, Inner: { Byte: 1, Number: 2 }, Last: 65535 } },
    { struct: layout.BITS, value: { Low: 5, Middle: 0xabcd, High: 0xfff, Tail: 9 } },
    {
      struct: layout.ARRAYS,
      value: {
        Bytes: Uint8Array.of(1, 2, 3, 4, 5),
        Name: "Kerberos",
        Numbers: [1, 2, 3],
        Structs: [aligned, { Before: 0, Time: 0n, After: 0 }],
      },
    },
    { struct: layout.TAIL_BYTES, value: { Size: 4, Data: Uint8Array.of(9, 8, 7, 6) } },
    { struct: layout.TAIL_STRUCTS, value: { Count: 2n, Items: [aligned, aligned] } },
  ];
  it.each(cases)("$struct.name", ({ struct, value }) => {
    for (const abi of abis) {
      const view = memory();
      struct.write(view, value as never, 16, abi);
      expect(struct.read(view, 16, abi)).toEqual(value);
    }
  });
});

describe("a trailing array", () => {
  const items = [aligned, { ...aligned, Before: 2 }];

  it("is read with the caller's count where the field that sizes it cannot be trusted", () => {
    const view = memory();
    layout.TAIL_STRUCTS.write(view, { Count: 2n ** 20n, Items: items });
    expect(() => layout.TAIL_STRUCTS.read(view)).toThrow(RangeError);
    expect(layout.TAIL_STRUCTS.read(view, 0, hostAbi, 1)).toEqual({ Count: 2n ** 20n, Items: items.slice(0, 1) });
  });

  it("begins where its offset says, which is before the padding that ends the struct", () => {
    const { size, offsets } = layout.TAIL_BYTES.layouts[hostAbi];
    expect(size - offsets.Data).toBe(2);
    const view = memory();
    layout.TAIL_BYTES.write(view, { Size: 3, Data: Uint8Array.of(1, 2, 3) });
    expect(new Uint8Array(view.buffer, 0, 5)).toEqual(Uint8Array.of(3, 0, 1, 2, 3));
  });

  it("has its declared C length inside another struct, whatever the field that sizes it holds there", () => {
    const garbage = new DataView(new Uint8Array(layout.HOLDS_TAILS.layouts[hostAbi].size).fill(0xff).buffer);
    const { Bytes, Structs } = layout.HOLDS_TAILS.read(garbage);
    expect([Bytes.Data.length, Structs.Items.length]).toEqual([1, 1]);
  });
});

describe("a struct that grew", () => {
  it("says how long its earlier forms were, on every ABI", () => {
    const sizes = layout.GREW.earlier?.map(({ last, sizes }) => [last, sizes["win32-x64"], sizes["win32-ia32"]]);
    expect(sizes).toEqual([
      ["Flag", 8, 8],
      ["Next", 16, 12],
    ]);
    expect([layout.GREW.layouts["win32-x64"].size, layout.GREW.layouts["win32-ia32"].size]).toEqual([24, 24]);
  });
});

describe("writing", () => {
  it("zeroes fields that are left out", () => {
    const view = memory();
    layout.ALIGNED.write(view, aligned);
    layout.ALIGNED.write(view, { After: 3 });
    expect(layout.ALIGNED.read(view)).toEqual({ Before: 0, Time: 0n, After: 3 });
  });

  it("checks every value before it changes memory", () => {
    const view = memory();
    layout.ALIGNED.write(view, aligned);
    expect(() => layout.ALIGNED.write(view, { Before: 2, After: -1 })).toThrow("ALIGNED.After: expected an integer");
    expect(layout.ALIGNED.read(view)).toEqual(aligned);
  });

  it("refuses a field that the struct does not have", () => {
    const wrong = { Befor: 1 } as object;
    expect(() => layout.ALIGNED.write(memory(), wrong)).toThrow(
      "ALIGNED: no field has this name of 5 characters; expected ",
    );
  });

  it("refuses memory that is too small for a trailing array", () => {
    const part = new DataView(new ArrayBuffer(64), 0, 8);
    expect(() => layout.TAIL_BYTES.write(part, { Size: 9, Data: new Uint8Array(9) })).toThrow("expected 11 bytes at 0");
  });

  it("keeps a pointer of ia32 to 32 bits", () => {
    expect(() => layout.PLAIN.write(memory(), { Next: 2n ** 32n }, 0, "win32-ia32")).toThrow("PLAIN.Next");
  });

  it("lets members of a union share their memory", () => {
    const view = memory();
    layout.EITHER.write(view, { Number: 0x04030201 });
    expect(layout.EITHER.read(view).Bytes).toEqual(Uint8Array.of(1, 2, 3, 4));
    layout.NESTED.write(view, { Tag: 1, Number: -1n, Inner: { Value: 3 } });
    expect(layout.NESTED.read(view)).toMatchObject({ Tag: 1, Low: 0xffff_ffff, High: -1, Inner: { Value: 3 } });
  });
});

describe("generated values", () => {
  it("keep flags beyond 32 bits apart from the others", () => {
    expect(REQ).toEqual({ one: 1, mutualAuth: 0x8000_0000 });
    expect(REQ_64).toEqual({ far: REQ_FAR });
    expect(REQ_FAR).toBe(0x1_0000_0000n);
  });

  it("say what an attribute's pointers point to, and what releases it", () => {
    expect(contextAttributes.info.pointers).toMatchObject([
      { field: "Info", releasedBy: "Free", inside: [{ field: "Name", holds: "wide-string" }] },
      { field: "Key", holds: "bytes", sizedBy: "KeyLength", releasedBy: "Free" },
    ]);
    expect(contextAttributes.life.times).toEqual(["tsStart"]);
  });

  it("name a status by the first of its names", () => {
    expect(sspiStatus.SEC_E_UNSUPPORTED_FUNCTION.aliases).toEqual(["SEC_E_NOT_SUPPORTED"]);
  });
});
