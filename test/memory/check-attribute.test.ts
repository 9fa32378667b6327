import { describe, expect, it } from "vitest";
import { contextAttributes, credentialAttributes } from "../../generated/attributes.ts";
import { SecPkgContext_NamesW, SecPkgContext_SessionKey } from "../../generated/sspi/structs.ts";
import { CERT_EXTENSION, CERT_INFO, CRYPT_INTEGER_BLOB } from "../../generated/wincrypt/structs.ts";
import { lonePointer, u16, usize } from "../../src/ctypes/index.ts";
import { attributeOf } from "../../src/memory/index.ts";
import { ownAttribute } from "../fixtures/own-attribute.ts";

const name = { field: "sUserName", holds: "wide-string" };
const nested = (more: object) => ({ field: "sUserName", holds: SecPkgContext_NamesW, ...more });
const itself = { ...nested({}), inside: [] as unknown[] };
itself.inside.push(itself);
const blob = CRYPT_INTEGER_BLOB;
const lone = { ...lonePointer, fields: () => ({ value: usize }) };

describe("a declared attribute by which no answer could be read is refused", () => {
  const wide = { ...SecPkgContext_NamesW.layouts["posix-64"], size: 1025 };
  const layouts = Object.fromEntries(Object.keys(SecPkgContext_NamesW.layouts).map((abi) => [abi, wide]));
  it.each<[string, object, RegExp]>([
    ["without a number", { value: "9" }, /^attribute\.value: expected a number/],
    ["without a name", { constant: 7 }, /^attribute\.constant: expected a string/],
    ["without a struct", { struct: {} }, /^attribute\.struct: expected a struct/],
    [
      "of a struct that there is no room for",
      { struct: { ...SecPkgContext_NamesW, layouts } },
      /^attribute\.struct: expected at most 1024 bytes, got 1025/,
    ],
    [
      "that releases what is no pointer",
      {
        struct: SecPkgContext_SessionKey,
        pointers: [{ field: "SessionKeyLength", holds: "bytes", releasedBy: "FreeContextBuffer" }],
      },
      /^attribute\.pointers: expected a field of SecPkgContext_SessionKey of the type pointer or usize/,
    ],
    [
      "that is released by nothing",
      { pointers: [{ field: "sUserName", holds: "wide-string", releasedBy: "free" }] },
      /^attribute\.pointers: expected a release function in releasedBy, got a string of 4 characters$/,
    ],
    [
      "whose pointer is null",
      { pointers: [null] },
      /^attribute\.pointers: expected { field, holds, sizedBy, … }, got null$/,
    ],
    ["whose field is a bigint", { pointers: [{ field: 5n, holds: "bytes" }] }, /^attribute\.pointers: .* got 5$/],
    ["that holds a number", { pointers: [{ field: "sUserName", holds: 7 }] }, /in holds; got 7$/],
    ["that holds nothing", { pointers: [{ field: "sUserName" }] }, /in holds; got undefined$/],
    [
      "that holds a scalar without a count",
      { pointers: [{ field: "sUserName", holds: u16 }] },
      /in holds; got an instance/,
    ],
    ["that embeds what is no struct", { pointers: [{ field: "sUserName", holds: "embedded" }] }, /to be embedded/],
    ["that counts something else", { pointers: [{ ...name, counts: "bytes" }] }, /expected elements in counts/],
    ["with pointers inside a string", { pointers: [{ ...name, inside: [] }] }, /expected inside and only where/],
    ["that shows only what is not there", { pointers: [nested({ only: "s" })] }, /SecPkgContext_NamesW in only/],
    [
      "whose inner pointer is released",
      { pointers: [nested({ inside: [{ ...name, releasedBy: "x" }] })] },
      /pointers\.inside/,
    ],
    ["that contains itself", { pointers: [itself] }, /^attribute\.pointers(\.inside)+: expected at most 8 structs/],
    ["whose preset is a number", { preset: 5 }, /^attribute\.preset: expected { field: value, … }, got a number$/],
    ["with a mistyped part", { time: [] }, /^attribute\.time: there is no such option; did you mean times\?$/],
    [
      "whose size no field has",
      { pointers: [{ field: "sUserName", holds: "bytes", sizedBy: "size" }] },
      /^attribute\.pointers: expected a field of SecPkgContext_NamesW with a number in sizedBy/,
    ],
    [
      "whose size is the pointer itself",
      { struct: blob, pointers: [{ field: "pbData", holds: "bytes", sizedBy: "pbData" }] },
      /^attribute\.pointers: expected a field of \w+ with a number in sizedBy, got "pbData"$/,
    ],
    [
      "whose size is a struct",
      { struct: CERT_INFO, pointers: [{ field: "rgExtension", holds: "bytes", sizedBy: "SerialNumber" }] },
      /^attribute\.pointers: expected a field of \w+ with a number in sizedBy, got "SerialNumber"$/,
    ],
    [
      "whose size is the pointer itself where that may be a number",
      { struct: lone, pointers: [{ field: "value", holds: "bytes", sizedBy: "value" }] },
      /^attribute\.pointers: expected another field than value in sizedBy$/,
    ],
    [
      "whose size is a boolean",
      { struct: CERT_EXTENSION, pointers: [{ field: "pszObjId", holds: "bytes", sizedBy: "fCritical" }] },
      /^attribute\.pointers: expected a field of CERT_EXTENSION with a number in sizedBy, got "fCritical"$/,
    ],
    [
      "whose size is a property of every object",
      { pointers: [{ field: "sUserName", holds: "bytes", sizedBy: "constructor" }] },
      /with a number in sizedBy/,
    ],
    ["whose field is a property of every object", { pointers: [{ field: "toString", holds: "bytes" }] }, /of the type/],
    ["whose release is a property of every object", { pointers: [{ ...name, releasedBy: "toString" }] }, /releasedBy/],
    ["whose release is no name", { pointers: [{ ...name, releasedBy: ["FreeContextBuffer"] }] }, /in releasedBy/],
    [
      "that counts what is no scalar",
      { struct: blob, pointers: [{ field: "pbData", holds: { scalar: 16 }, sizedBy: "cbData", counts: "elements" }] },
      /in holds; got/,
    ],
    [
      "that counts null",
      { struct: blob, pointers: [{ field: "pbData", holds: null, sizedBy: "cbData", counts: "elements" }] },
      /in holds; got null$/,
    ],
    [
      "that counts a function",
      {
        struct: blob,
        pointers: [
          {
            field: "pbData",
            holds: Object.assign(() => 0, { scalar: "u16" }),
            sizedBy: "cbData",
            counts: "elements",
          },
        ],
      },
      /in holds; got/,
    ],
    ["that embeds a scalar", { struct: blob, pointers: [{ field: "cbData", holds: "embedded" }] }, /to be embedded/],
    ["that embeds a property of every object", { pointers: [{ field: "toString", holds: "embedded" }] }, /embedded/],
    ["that shows only a part of a string", { pointers: [{ ...name, only: "length" }] }, /expected inside and only/],
    ["whose preset is null", { preset: null }, /^attribute\.preset: expected { field: value, … }, got null$/],
    ["whose name is empty", { constant: "" }, /^attribute\.constant: expected/],
    [
      "whose bytes have no size",
      { pointers: [{ field: "sUserName", holds: "bytes" }] },
      /^attribute\.pointers: expected sizedBy where sUserName holds bytes$/,
    ],
    [
      "whose elements are not counted",
      { pointers: [{ field: "sUserName", holds: u16, counts: "elements" }] },
      /^attribute\.pointers: expected sizedBy where sUserName holds elements$/,
    ],
    [
      "that would release a field twice",
      { pointers: [...ownAttribute.pointers, ...ownAttribute.pointers] },
      /^attribute\.pointers: expected each field once, got sUserName twice$/,
    ],
    [
      "that follows a field inside a struct twice",
      { pointers: [nested({ inside: [name, name] })] },
      /^attribute\.pointers\.inside: expected each field once, got sUserName twice$/,
    ],
    [
      "whose time is none",
      { times: ["sUserName"] },
      /^attribute\.times: expected a field of SecPkgContext_NamesW of the type i64 or u64/,
    ],
  ])("%s", (_what, change, message) => {
    expect(() => attributeOf({ ...ownAttribute, ...change }, {})).toThrow(message);
  });
});

describe("a declared attribute", () => {
  const secret = "S3cretInTheWrongPlace";
  it.each<[string, object]>([
    ["field", { pointers: [{ field: secret, holds: "bytes" }] }],
    ["holds", { pointers: [{ field: "sUserName", holds: secret }] }],
    ["sizedBy", { pointers: [{ ...name, sizedBy: secret }] }],
    ["counts", { pointers: [{ ...name, counts: secret }] }],
    ["only", { pointers: [nested({ only: secret })] }],
    ["releasedBy", { pointers: [{ ...name, releasedBy: secret }] }],
    ["times", { times: [secret] }],
    ["the name of a part", { [secret]: 1 }],
  ])("E11 is refused without the text that it has in %s", (_where, change) => {
    const check = () => attributeOf({ ...ownAttribute, ...change }, {});
    expect(check).toThrow(/^attribute/);
    expect(check).not.toThrow(secret);
  });

  it("is refused where its parts are inherited", () => {
    expect(() => attributeOf(Object.create(ownAttribute), {})).toThrow(/got an object that inherits from another one$/);
  });

  it("passes with all that it may have, as a copy that nobody changes", () => {
    const inside = [{ field: "pbData", holds: "bytes", sizedBy: "cbData" }] as const;
    const given = {
      constant: "TEST",
      value: 0xffff_ffff,
      struct: CERT_INFO,
      pointers: [
        { field: "rgExtension", holds: CERT_EXTENSION, sizedBy: "cExtension", counts: "elements" },
        { field: "SerialNumber", holds: "embedded", inside, only: "pbData" },
      ],
      times: [],
      preset: { dwVersion: 2 },
    };
    const checked = attributeOf(given, {});
    expect(checked).toEqual(given);
    const { pointers, preset } = checked;
    expect([checked, ...pointers, ...(pointers[1]?.inside ?? [])].map(Object.isFrozen)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    given.preset.dwVersion = 3;
    given.pointers.length = 0;
    expect([preset, pointers.length]).toEqual([{ dwVersion: 2 }, 2]);
    expect(Object.keys(attributeOf({ ...ownAttribute }, {}))).not.toContain("preset");
  });

  it.each<[string, object]>([
    ["a scalar that is counted", { field: "pbData", holds: u16, sizedBy: "cbData", counts: "elements" }],
    [
      "text whose characters are counted",
      { field: "pbData", holds: "wide-string", sizedBy: "cbData", counts: "elements" },
    ],
    ["text whose bytes are counted", { field: "pbData", holds: "ansi-string", sizedBy: "cbData" }],
    ["a struct of which only one field is shown", { field: "pbData", holds: blob, only: "cbData" }],
    ["a struct without anything more", { field: "pbData", holds: blob }],
  ])("passes with a pointer to %s", (_what, pointer) => {
    expect(attributeOf({ ...ownAttribute, struct: blob, pointers: [pointer] }, {}).pointers).toEqual([pointer]);
  });

  it("passes with times, and with a struct that fills the room for it exactly", () => {
    const lifespan = { ...contextAttributes.lifespan };
    expect(attributeOf(lifespan, {}).times).toEqual(["tsStart", "tsExpiry"]);
    const layouts = Object.fromEntries(
      Object.entries(SecPkgContext_NamesW.layouts).map(([abi, layout]) => [abi, { ...layout, size: 1024 }]),
    );
    const struct = { ...SecPkgContext_NamesW, layouts };
    expect(attributeOf({ ...ownAttribute, struct }, {}).struct).toBe(struct);
  });

  it("passes with eight structs inside each other, and with no more", () => {
    const deep = (levels: number): object => nested(levels === 0 ? {} : { inside: [deep(levels - 1)] });
    expect(() => attributeOf({ ...ownAttribute, pointers: [deep(8)] }, {})).not.toThrow();
    expect(() => attributeOf({ ...ownAttribute, pointers: [deep(9)] }, {})).toThrow(
      /(\.inside){9}: expected at most 8 structs/,
    );
  });

  it.each(Object.entries({ ...contextAttributes, ...credentialAttributes }))(
    "of the library passes: %s",
    (_name, own) => {
      expect(() => attributeOf(own, {})).not.toThrow();
    },
  );
});

describe("an attribute's name", () => {
  it("gives the declaration that has this name", () => {
    expect(attributeOf("sizes", contextAttributes)).toBe(contextAttributes.sizes);
  });

  it.each([null, undefined, 7, "siezs", "toString", () => ownAttribute])(
    "is refused where nothing has it: %o",
    (wrong) => {
      expect(() => attributeOf(wrong, contextAttributes)).toThrow(/^attribute: /);
    },
  );
});
