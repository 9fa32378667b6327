import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkBytes, checkKey, checkMutableBytes, checkName, checkText, checkUint } from "../../src/values/index.ts";

describe("checkText", () => {
  it("hands back any string without NUL", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!text.includes("\0"));
        expect(checkText(text, "target")).toBe(text);
      }),
      { examples: [[""], ["HTTP/intranet.example"]] },
    );
  });

  it("refuses NUL, which would end the string early for native code", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const text = `${before}\0${after}`;
        const message = `target: expected a string without NUL characters, got ${JSON.stringify(text)}`;
        expect(() => checkText(text, "target")).toThrow(new RangeError(message));
      }),
    );
  });

  it.each([
    [null, "null"],
    [undefined, "undefined"],
    [7, "7"],
    [7n, "7"],
    [true, "true"],
    [["a"], "an instance of Array"],
    [Buffer.from("a"), "an instance of Buffer"],
    [Object.create(null), "an instance of Object"],
    [() => "a", "function"],
    [Symbol("a"), "symbol"],
  ])("refuses %o", (value, shown) => {
    expect(() => checkText(value, "target")).toThrow(new TypeError(`target: expected a string, got ${shown}`));
  });

  it("refuses an empty string where a name is needed, and only there", () => {
    expect(() => checkText("", "package", { empty: false })).toThrow(
      new RangeError("package: expected a name, got an empty string"),
    );
    expect(checkText("", "domain")).toBe("");
  });
});

describe("checkBytes", () => {
  it.each([new Uint8Array(0), Buffer.from("abc"), new Uint8Array(new SharedArrayBuffer(3))])(
    "hands back %o",
    (bytes) => {
      expect(checkBytes(bytes, "message")).toBe(bytes);
    },
  );

  it.each([
    ["text", '"text"'],
    ["", "an empty string"],
    [null, "null"],
    [undefined, "undefined"],
    [[1, 2], "an instance of Array"],
    [new ArrayBuffer(2), "an instance of ArrayBuffer"],
    [new Uint16Array(2), "an instance of Uint16Array"],
    [new DataView(new ArrayBuffer(2)), "an instance of DataView"],
  ])("refuses %o", (value, shown) => {
    const error = new TypeError(`message: expected a Uint8Array or Buffer, got ${shown}`);
    expect(() => checkBytes(value, "message")).toThrow(error);
    expect(() => checkMutableBytes(value, "message")).toThrow(error);
  });

  it("refuses bytes whose memory went somewhere else", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(() => checkBytes(bytes, "message")).toThrow(
      new TypeError("message: its ArrayBuffer is detached (it was transferred to somewhere else)"),
    );
  });

  it("refuses more than a SecBuffer can describe", () => {
    const huge = Object.create(Uint8Array.prototype, { length: { value: 2 ** 32 } }) as Uint8Array;
    expect(() => checkBytes(huge, "message")).toThrow(
      new RangeError("message: expected at most 4294967295 bytes, got 4294967296"),
    );
  });

  it("refuses shared memory where native code writes", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    expect(() => checkMutableBytes(shared, "data")).toThrow(
      new TypeError("data: expected bytes of an ArrayBuffer, got bytes of a SharedArrayBuffer"),
    );
    const own = Buffer.alloc(3);
    expect(checkMutableBytes(own, "data")).toBe(own);
  });
});

describe("checkUint", () => {
  it("hands back every integer from 0 to the most that is allowed, and refuses the rest", () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 0xffff_ffff }), (value, max) => {
        if (value <= max) expect(checkUint(value, "sequence", max)).toBe(value);
        else
          expect(() => checkUint(value, "sequence", max)).toThrow(
            new RangeError(`sequence: expected an integer from 0 to ${max}, got ${value}`),
          );
      }),
      {
        examples: [
          [0xffff_ffff, 0xffff_ffff],
          [1, 0],
          [0, 0],
        ],
      },
    );
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 64])("refuses %d", (value) => {
    const message = `sequence: expected an integer from 0 to 4294967295, got ${value}`;
    expect(() => checkUint(value, "sequence")).toThrow(new RangeError(message));
  });

  it.each([
    ["1", '"1"'],
    [1n, "1"],
    [null, "null"],
    [undefined, "undefined"],
  ])("refuses %o", (value, shown) => {
    expect(() => checkUint(value, "sequence")).toThrow(new TypeError(`sequence: expected a number, got ${shown}`));
  });
});

describe("checkName and checkKey", () => {
  const table = { inbound: 1, outbound: 2 };
  const names = ["inbound", "outbound"] as const;

  it.each(names)("hand back %s, which is allowed", (name) => {
    expect(checkName(name, "use", names)).toBe(name);
    expect(checkKey(name, "use", table)).toBe(name);
  });

  it.each([
    ["Inbound", '"Inbound"'],
    ["toString", '"toString"'],
    ["__proto__", '"__proto__"'],
    ["", "an empty string"],
    [undefined, "undefined"],
    [null, "null"],
    [1, "1"],
    [["inbound"], "an instance of Array"],
  ])("refuse %o and list what is allowed", (value, shown) => {
    const error = new RangeError(`use: expected one of inbound, outbound; got ${shown}`);
    expect(() => checkName(value, "use", names)).toThrow(error);
    expect(() => checkKey(value, "use", table)).toThrow(error);
  });
});
