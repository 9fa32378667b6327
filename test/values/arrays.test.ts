import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { checkArray } from "../../src/values/index.ts";

const foreign = runInNewContext('["a", "b"]') as unknown;
const iterated = Object.assign(["a", "b"], { *[Symbol.iterator]() {}, map: null, forEach: () => [], entries: null });
const bare: unknown = Object.setPrototypeOf(["a", "b"], null);
const inherited: unknown = Object.setPrototypeOf(new Array(2), { 0: "x", 1: "y" });
const live: unknown = new Proxy(["a", "b"], {});

describe("an array of a caller", () => {
  it.each<[string, unknown, readonly unknown[]]>([
    ["with another iterator and methods", iterated, ["a", "b"]],
    ["without a prototype", bare, ["a", "b"]],
    ["of another realm", foreign, ["a", "b"]],
    ["behind a proxy", live, ["a", "b"]],
    ["with elements that its prototype has", inherited, [undefined, undefined]],
    ["without elements", [], []],
  ])("B7 %s is copied by its own elements", (_, array, expected) => {
    const copy = checkArray(array, "names");
    expect(copy).toEqual(expected);
    expect(copy).not.toBe(array);
    expect(Object.getPrototypeOf(copy)).toBe(Array.prototype);
  });

  it("B7 is read once: each element, and its length", () => {
    const reads: PropertyKey[] = [];
    const watched = new Proxy(["a", "b"], {
      get: (of, name) => {
        reads.push(name);
        return Reflect.get(of, name);
      },
    });
    checkArray(watched, "names");
    expect(reads).toEqual(["length", "0", "1"]);
  });

  it("B9 with a length for which reading takes minutes is refused by name", () => {
    expect(() => checkArray(new Array(2 ** 32 - 1), "names")).toThrow(
      new RangeError("names: expected at most 65536 elements, got 4294967295"),
    );
    expect(checkArray(new Array(65_536), "names")).toHaveLength(65_536);
  });

  const revoked = Proxy.revocable([], {});
  revoked.revoke();
  it.each<[string, unknown, string]>([
    ["text", "S3cret", "a string of 6 characters"],
    ["null", null, "null"],
    ["a set", new Set(["a"]), "an instance of Set"],
    ["bytes", Uint8Array.of(1), "an instance of Uint8Array"],
    ["something like an array", { length: 1, 0: "a" }, "an instance of Object"],
    ["a proxy that was revoked", revoked.proxy, "an instance of Object"],
  ])("B9 is not %s, which is refused by name", (_, value, shape) => {
    expect(() => checkArray(value, "names", "an array of names")).toThrow(
      new TypeError(`names: expected an array of names, got ${shape}`),
    );
  });

  it.each<[string, unknown, string]>([
    ["negative", -1, "-1"],
    ["no number", Number.NaN, "NaN"],
    ["between two integers", 1.5, "1.5"],
    ["endless", Number.POSITIVE_INFINITY, "Infinity"],
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
    ["text", "2", "a string of 1 characters"],
    ["a bigint", 2n, "a bigint"],
    ["a symbol", Symbol("2"), "a symbol"],
  ])("B9 is not one whose length is %s, which does not count as empty", (_, length, shape) => {
    const reads: PropertyKey[] = [];
    const lying = new Proxy(["a", "b"], {
      get: (of, name) => {
        reads.push(name);
        return name === "length" ? length : Reflect.get(of, name);
      },
    });
    expect(() => checkArray(lying, "names", "an array of names")).toThrow(
      new TypeError(`names: expected an array of names, got one whose length is ${shape}`),
    );
    expect(reads).toEqual(["length"]);
  });
});
