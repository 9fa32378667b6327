import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkBytes, checkMutableBytes, extentOf, isBytes, shapeOf } from "../../src/values/index.ts";

/** Arrays of three bytes with a false length, offset, buffer or prototype. */
function liars(): readonly [string, Uint8Array][] {
  class Longer extends Uint8Array {
    override get length(): number {
      return 4096;
    }
    override get byteLength(): number {
      return 4096;
    }
    override get byteOffset(): number {
      return 2048;
    }
  }
  const own = Object.defineProperty(Uint8Array.of(1, 2, 3), "length", { value: 4096 });
  let asked = 0;
  const changing = Object.defineProperty(Buffer.of(1, 2, 3), "length", { get: () => (asked++ === 0 ? 3 : 4096) });
  const elsewhere = Object.defineProperty(Uint8Array.of(1, 2, 3), "buffer", { value: new ArrayBuffer(4096) });
  const disguised = Object.setPrototypeOf(Uint8Array.of(1, 2, 3), Longer.prototype) as Uint8Array;
  const bare = Object.setPrototypeOf(Uint8Array.of(1, 2, 3), null) as Uint8Array;
  return [
    ["a subclass", new Longer([1, 2, 3])],
    ["an own property", own],
    ["a getter that changes its mind", changing],
    ["another buffer", elsewhere],
    ["another prototype", disguised],
    ["no prototype", bare],
  ];
}

describe("checkBytes", () => {
  it("returns a view of the same memory", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(40), fc.nat(40), (all, start, end) => {
        const bytes = all.subarray(start, end);
        const view = checkBytes(bytes, "message");
        expect([view.buffer, view.byteOffset, view.length]).toEqual([bytes.buffer, bytes.byteOffset, bytes.length]);
      }),
    );
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    expect(checkBytes(shared, "message").buffer).toBe(shared.buffer);
  });

  it.each(liars())("D3 an array with a false length or buffer is read with its true extent: %s", (_, bytes) => {
    const view = checkBytes(bytes, "message");
    expect([view.length, view.byteLength, view.byteOffset, view.buffer.byteLength]).toEqual([
      3,
      3,
      0,
      expect.any(Number),
    ]);
    expect([...view]).toEqual([1, 2, 3]);
    expect(extentOf(bytes, "message")).toMatchObject({ offset: 0, length: 3 });
  });

  it("D3 an object that only imitates a Uint8Array is refused, whatever its prototype", () => {
    const looks = [
      Object.create(Uint8Array.prototype, { length: { value: 2 ** 32 } }),
      Object.setPrototypeOf(new DataView(new ArrayBuffer(4)), Uint8Array.prototype),
      Object.setPrototypeOf(new Float64Array(4), Uint8Array.prototype),
      new Proxy(new Uint8Array(4), {}),
    ];
    for (const value of looks) {
      expect(isBytes(value)).toBe(false);
      expect(() => checkBytes(value, "message")).toThrow(
        /^message: expected a Uint8Array or Buffer, got an instance of/,
      );
    }
  });

  it("D3 bytes of another realm are accepted", () => {
    const foreign = runInNewContext("new Uint8Array([1, 2, 3])") as Uint8Array;
    expect(foreign instanceof Uint8Array).toBe(false);
    expect([...checkBytes(foreign, "message")]).toEqual([1, 2, 3]);
    expect([...checkMutableBytes(foreign, "message")]).toEqual([1, 2, 3]);
  });

  it.each([
    ["hunter2", "a string of 7 characters"],
    ["", "an empty string"],
    [null, "null"],
    [undefined, "undefined"],
    [4711, "a number"],
    [4711n, "a bigint"],
    [[4711, 2], "an array of 2 elements"],
    [new ArrayBuffer(2), "an instance of ArrayBuffer of 2 bytes"],
    [new Uint16Array(2), "an instance of Uint16Array"],
    [new DataView(new ArrayBuffer(2)), "an instance of DataView"],
    [{ hunter2: "hunter2" }, "an instance of Object"],
    [() => "hunter2", "a function"],
    [Symbol("hunter2"), "a symbol"],
  ])("E1 an error about bytes contains type and length of the value, never its content: %o", (value, shape) => {
    const error = new TypeError(`message: expected a Uint8Array or Buffer, got ${shape}`);
    expect(() => checkBytes(value, "message")).toThrow(error);
    expect(() => checkMutableBytes(value, "message")).toThrow(error);
    expect(error.message).not.toContain("hunter2");
  });

  it("refuses bytes whose ArrayBuffer is detached", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const error = new TypeError("message: its ArrayBuffer is detached (it was transferred to somewhere else)");
    expect(() => checkBytes(bytes, "message")).toThrow(error);
  });

  it("refuses shared memory if native code writes to it", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    expect(() => checkMutableBytes(shared, "data")).toThrow(
      new TypeError("data: expected bytes of an ArrayBuffer, got bytes of a SharedArrayBuffer"),
    );
  });
});

describe("shapeOf", () => {
  it("runs no code of the inspected value", () => {
    const fail = (): never => {
      throw new Error("code of the value ran");
    };
    const trapped = new Proxy({}, { get: fail, getPrototypeOf: fail, ownKeys: fail, getOwnPropertyDescriptor: fail });
    const getter = Object.create({
      get constructor() {
        return fail();
      },
    });
    expect([trapped, getter].map(shapeOf)).toEqual(["an instance of Object", "an instance of Object"]);
  });
});
