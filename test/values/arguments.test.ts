import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkBoolean, checkFunction, checkKey, checkName, checkText, checkUint } from "../../src/values/index.ts";
import { anyCharacter } from "../any-character.ts";

describe("checkText", () => {
  it("returns any string without NUL", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        fc.pre(!text.includes("\0"));
        expect(checkText(text, "target")).toBe(text);
      }),
      { examples: [[""], ["HTTP/intranet.example"]] },
    );
  });

  it("refuses a string with NUL, where native code would end it", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const message = "target: expected a string without NUL characters";
        expect(() => checkText(`${before}\0${after}`, "target")).toThrow(new RangeError(message));
      }),
    );
  });

  it.each([
    [null, "null"],
    [undefined, "undefined"],
    [7, "a number"],
    [7n, "a bigint"],
    [true, "a boolean"],
    [["a"], "an array of 1 elements"],
    [Buffer.from("a"), "an instance of Buffer"],
    [Object.create(null), "an instance of Object"],
    [() => "a", "a function"],
    [Symbol("a"), "a symbol"],
  ])("refuses %o, which is no string", (value, shown) => {
    expect(() => checkText(value, "target")).toThrow(new TypeError(`target: expected a string, got ${shown}`));
  });

  it("refuses an empty string only if the option must be a name", () => {
    expect(() => checkText("", "package", { empty: false })).toThrow(
      new RangeError("package: expected a name, got an empty string"),
    );
    expect(checkText("", "domain")).toBe("");
  });
});

describe("checkUint", () => {
  it("returns every integer from 0 to its maximum, and refuses greater ones", () => {
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

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 64])(
    "refuses %d, which is no 32-bit unsigned integer",
    (value) => {
      const message = `sequence: expected an integer from 0 to 4294967295, got ${value}`;
      expect(() => checkUint(value, "sequence")).toThrow(new RangeError(message));
    },
  );

  it.each([
    ["1", "a string of 1 characters"],
    [1n, "1"],
    [null, "null"],
    [undefined, "undefined"],
  ])("refuses %o, which is no number", (value, shown) => {
    expect(() => checkUint(value, "sequence")).toThrow(new TypeError(`sequence: expected a number, got ${shown}`));
  });
});

describe("checkName and checkKey", () => {
  const table = { inbound: 1, outbound: 2 };
  const names = ["inbound", "outbound"] as const;

  it.each(names)("return the allowed name %s", (name) => {
    expect(checkName(name, "use", names)).toBe(name);
    expect(checkKey(name, "use", table)).toBe(name);
  });

  it.each([
    ["Inbound", '"Inbound"', 'did you mean "inbound"? '],
    ["toString", "a string of 8 characters"],
    ["S3cr3t", "a string of 6 characters"],
    ["", "an empty string"],
    [undefined, "undefined"],
    [null, "null"],
    [1, "1"],
    [["inbound"], "an array of 1 elements"],
  ])(
    "E11 refuse %o, list the allowed names, and quote the given text only if it is similar to one of them",
    (value, shown, meant = "") => {
      const error = new RangeError(`use: ${meant}expected one of inbound, outbound; got ${shown}`);
      expect(() => checkName(value, "use", names)).toThrow(error);
      expect(() => checkKey(value, "use", table)).toThrow(error);
    },
  );
});

describe("checkBoolean", () => {
  it("returns true and false, and refuses any other value", () => {
    expect([checkBoolean(true, "ntlm"), checkBoolean(false, "ntlm")]).toEqual([true, false]);
    for (const [value, shown] of [
      [1, "1"],
      ["false", "a string of 5 characters"],
      [null, "null"],
      [undefined, "undefined"],
    ])
      expect(() => checkBoolean(value, "ntlm")).toThrow(new TypeError(`ntlm: expected true or false, got ${shown}`));
  });
});

describe("checkFunction", () => {
  it("returns a function or undefined, and refuses any other value", () => {
    expect([checkFunction(parseInt, "onUser"), checkFunction(undefined, "onUser")]).toEqual([parseInt, undefined]);
    for (const [value, shown] of [
      [{}, "an instance of Object"],
      [null, "null"],
      ["f", "a string of 1 characters"],
    ])
      expect(() => checkFunction(value, "onUser")).toThrow(new TypeError(`onUser: expected a function, got ${shown}`));
  });
});
