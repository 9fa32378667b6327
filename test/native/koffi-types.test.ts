import koffi from "koffi";
import { describe, expect, it } from "vitest";
import { AcquireCredentialsHandleW } from "../../generated/sspi/functions.ts";
import { SecBuffer, SecHandle } from "../../generated/sspi/structs.ts";
import {
  bool8,
  bool32,
  hostAbi,
  i8,
  i16,
  i32,
  i64,
  isize,
  pointer,
  u8,
  u16,
  u32,
  u64,
  usize,
} from "../../src/ctypes/index.ts";
import { definedTypes, koffiPrototype, koffiType, parameterTypes, returnType } from "../../src/native/koffi-types.ts";
import { byValue, declared, libc } from "./libc.ts";

const scalars = [u8, i8, u16, i16, u32, i32, u64, i64, usize, isize, pointer, bool8, bool32];

describe("the koffi type of a scalar", () => {
  it.each(scalars)("$scalar is as wide as its C type", (scalar) => {
    const signature = declared("any", scalar, byValue("value", scalar));
    expect(koffi.sizeof(returnType(signature))).toBe(scalar.size(hostAbi));
    expect(parameterTypes(signature).map((type) => koffi.sizeof(type))).toEqual([scalar.size(hostAbi)]);
  });
});

describe("the types of a function", () => {
  it("use a plain address for every pointer, so that koffi converts nothing", () => {
    expect(parameterTypes(AcquireCredentialsHandleW)).toEqual(
      AcquireCredentialsHandleW.parameters.map(({ name }) => (name === "fCredentialUse" ? "uint32_t" : "uintptr_t")),
    );
    expect(returnType(AcquireCredentialsHandleW)).toBe("uint32_t");
  });

  it("make a prototype that calls a C function by its address", () => {
    const abs = declared("abs", i32, byValue("number", i32));
    const address = koffi.load(libc).symbol("abs") as bigint;
    const bound = koffi.decode(address, koffiPrototype(abs)) as (number: number) => number;
    expect([bound(-7), bound(8)]).toEqual([7, 8]);
  });
});

describe("a native type definition", () => {
  it("is counted, and each struct is defined only once", () => {
    // Copies: this process may have used the structs themselves.
    const [buffer, handle] = [{ ...SecBuffer }, { ...SecHandle }];
    const before = definedTypes();
    koffiType(buffer);
    koffiType(buffer);
    expect(definedTypes()).toBe(before + 1);
    koffiType(handle);
    koffiPrototype(AcquireCredentialsHandleW);
    expect(definedTypes()).toBe(before + 3);
  });

  it("has no name that could clash with a second copy of the package", () => {
    koffi.struct("SecBuffer", { other: "int" });
    expect(() => koffiType({ ...SecBuffer })).not.toThrow();
  });
});
