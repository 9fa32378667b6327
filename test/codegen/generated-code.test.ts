import { describe, expect, it } from "vitest";
import { abis, type Struct } from "../../src/ctypes/index.ts";
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
    expect(() => layout.ALIGNED.write(memory(), wrong)).toThrow('ALIGNED has no field "Befor"');
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

  it("say what is behind the pointers of an attribute, and what releases it", () => {
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
