import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { checkKey, readOptions } from "../../src/values/index.ts";
import { nearestName } from "../../src/values/nearest-name.ts";
import { anyCharacter } from "../any-character.ts";

interface Sample {
  readonly target?: string;
  readonly require?: readonly string[];
  readonly maxLegs?: number;
  readonly channelBindings?: object;
}

const names = { target: true, require: true, maxLegs: true, channelBindings: true } as const;

function read(value: unknown, argument = "options"): Sample {
  return readOptions<Sample>(value, argument, names, { spn: "target" });
}

afterEach(() => {
  for (const name of Object.keys(names)) delete (Object.prototype as Record<string, unknown>)[name];
});

describe("readOptions", () => {
  it("returns the given options, and undefined for the others", () => {
    expect(read({ target: "HTTP/a", maxLegs: 3 })).toEqual({ target: "HTTP/a", maxLegs: 3 });
    expect(read(Object.assign(Object.create(null), { target: "x" }))).toEqual({ target: "x" });
  });

  it("B7 options are copied once, so later changes by the caller have no effect", () => {
    const given = { require: ["mutualAuth"], target: "a" };
    const copy = read(given);
    given.require.push("confidentiality");
    given.target = "b";
    expect(copy).toEqual({ require: ["mutualAuth"], target: "a" });
  });

  it("B7 an option that is a getter is read once", () => {
    let reads = 0;
    const given = {
      get target() {
        reads += 1;
        return `HTTP/${reads}`;
      },
    };
    const copy = read(given);
    expect([copy.target, copy.target, reads]).toEqual(["HTTP/1", "HTTP/1", 1]);
  });

  it("an array longer than any option allows is refused at once, by the option's name", () => {
    for (const length of [65_537, 2 ** 32 - 1])
      expect(() => read({ require: Object.assign([], { length }) })).toThrow(
        `require: expected at most 65536 elements, got ${length}`,
      );
    expect(read({ require: Array.from({ length: 65_536 }, () => "x") }).require).toHaveLength(65_536);
  });

  it("B7 a property added to Object.prototype has no effect as an option, even when it is read later", () => {
    Object.assign(Object.prototype, { target: "HTTP/evil", require: ["nothing"] });
    const copy = read({ maxLegs: 2 });
    expect([copy.target, copy.require, copy.maxLegs]).toEqual([undefined, undefined, 2]);
    expect({ ...copy }.target).toBeUndefined();
  });

  it("B7 a setter added to Object.prototype gets no option", () => {
    const seen: unknown[] = [];
    Object.defineProperty(Object.prototype, "target", { set: (value) => seen.push(value), configurable: true });
    expect(read(JSON.parse('{"target":"secret"}')).target).toBe("secret");
    expect(seen).toEqual([]);
  });

  class Defaults {
    target = "HTTP/a";
    get require(): readonly string[] {
      return ["mutualAuth"];
    }
  }

  it.each([
    ["an instance of Map", new Map([["require", ["mutualAuth"]]])],
    ["an instance of Set", new Set(["require"])],
    ["an instance of URLSearchParams", new URLSearchParams("target=HTTP/a")],
    ["an instance of Date", new Date()],
    ["an instance of Uint8Array", new Uint8Array()],
    ["an instance of Defaults", new Defaults()],
    ["a function", Object.assign(() => {}, { target: "HTTP/a" })],
    ["an instance of Promise", Promise.resolve({ target: "HTTP/a" })],
    ["an object that inherits from another one", Object.create({ require: ["mutualAuth"] })],
    ["an object that inherits from another one", Object.create(Object.assign(Object.create(null), { target: "a" }))],
    ["an object that inherits from another one", new Proxy(new Map(), {})],
  ])("B7 an object of a class, whose content is in no own property, is refused: %s", (shape, given) => {
    expect(() => read(given)).toThrow(new TypeError(`options: expected { target, require, maxLegs, … }, got ${shape}`));
  });

  it("accepts plain objects of another realm, of JSON, and proxies of plain objects", () => {
    const options = { target: "HTTP/a" };
    for (const given of [
      runInNewContext("({ target: 'HTTP/a' })"),
      JSON.parse('{"target":"HTTP/a"}'),
      new Proxy(options, {}),
    ])
      expect(read(given).target).toBe("HTTP/a");
  });

  it("ignores properties with symbols as keys", () => {
    expect(read({ target: "HTTP/a", [Symbol("marked by a framework")]: true })).toEqual({ target: "HTTP/a" });
  });

  it("B7 an object whose property names change between reads gives the names that were checked", () => {
    let asked = 0;
    const names = (): string[] => {
      asked += 1;
      return asked === 1 ? ["target"] : ["__proto__", "require"];
    };
    const given = new Proxy({ target: "HTTP/a" }, { ownKeys: names });
    expect([read(given).target, asked]).toEqual(["HTTP/a", 1]);
  });

  it.each([
    [{ targt: "a" }, "targt: there is no such option; did you mean target?"],
    [{ spn: "a" }, "spn: there is no such option; did you mean target?"],
    [{ Target: "a" }, "Target: there is no such option; did you mean target?"],
    [{ CHANNEL_BINDINGS: {} }, "CHANNEL_BINDINGS: there is no such option; did you mean channelBindings?"],
    [{ flags: undefined }, "options: there is no option with this name of 5 characters; expected one of target, "],
    [JSON.parse('{"__proto__":{}}'), "options: there is no option with this name of 9 characters; "],
    [{ constructor: 1 }, "options: there is no option with this name of 11 characters; "],
  ])("B2 an unknown option is refused with the nearest name: %j", (given, message) => {
    expect(() => read(given)).toThrow(message);
  });

  it("E11 an unknown name that is similar to no option is not shown, because it may be data", () => {
    expect(() => read({ S3cr3t: true }, "identity")).toThrow(
      new TypeError(
        "identity: there is no option with this name of 6 characters; expected one of target, require, maxLegs, channelBindings",
      ),
    );
  });

  it("names an unknown option of a nested object with its path", () => {
    expect(() => read({ targt: 1 }, "schannel")).toThrow(
      "schannel.targt: there is no such option; did you mean target?",
    );
  });

  it.each([
    [null, "null"],
    [undefined, "undefined"],
    ["secret", "a string of 6 characters"],
    [7, "a number"],
    [["a"], "an array of 1 elements"],
    [() => ({}), "a function"],
  ])("refuses %o, which is no options object", (value, shape) => {
    expect(() => read(value)).toThrow(new TypeError(`options: expected { target, require, maxLegs, … }, got ${shape}`));
  });
});

describe("nearestName()", () => {
  const allowed = ["confidentiality", "mutualAuth", "sizes", "streamSizes", "names"];

  it.each([
    ["ISC_REQ_CONFIDENTIALITY", "confidentiality"],
    ["ASC_RET_MUTUAL_AUTH", "mutualAuth"],
    ["SECPKG_ATTR_SIZES", "sizes"],
    ["SECPKG_ATTR_STREAM_SIZES", "streamSizes"],
    ["size", "sizes"],
    ["confidential", "confidentiality"],
    ["mutual_auth", "mutualAuth"],
    ["MutualAuth", "mutualAuth"],
  ])("for %s is %s", (given, meant) => {
    expect(nearestName(given, allowed)).toBe(meant);
  });

  it.each(["", "x", "password", "toString", "hunter2 hunter2 hunter2", "a".repeat(1000)])(
    "for %j is undefined",
    (given) => {
      expect(nearestName(given, allowed)).toBeUndefined();
    },
  );

  it("is an allowed name or undefined for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 100 }), (text) => {
        expect([undefined, ...allowed]).toContain(nearestName(text, allowed));
      }),
    );
  });

  it("comes first in the error about a name that is not allowed", () => {
    expect(() => checkKey("SECPKG_ATTR_SIZES", "attribute", { sizes: 1, names: 2 })).toThrow(
      new RangeError('attribute: did you mean "sizes"? expected one of sizes, names; got "SECPKG_ATTR_SIZES"'),
    );
  });
});
