import { describe, expect, expectTypeOf, it } from "vitest";
import { contextAttributes, credentialAttributes } from "../../generated/attributes.ts";
import { SecPkgContext_NamesW, SecPkgContext_SessionKey } from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { CERT_INFO, CRYPT_INTEGER_BLOB } from "../../generated/wincrypt/structs.ts";
import { lonePointer } from "../../src/ctypes/index.ts";
import { ClientContext } from "../../src/index.ts";
import { attributeOf } from "../../src/memory/index.ts";
import { attribute, type ReleaseFunction, u16, usize } from "../../src/raw.ts";
import { outbound, scripted } from "../scripted/scripted.ts";
import { writeNativeStruct } from "../scripted/scripted-heap.ts";
import { thrownBy } from "../thrown-by.ts";

/** The answer of another vendor's package, at an attribute number that no header has. */
const mine = attribute<{ sUserName: string }, ReleaseFunction>({
  constant: "SECPKG_ATTR_MINE",
  value: 0x9000,
  struct: SecPkgContext_NamesW,
  pointers: [{ field: "sUserName", holds: "wide-string", releasedBy: "FreeContextBuffer" }],
  times: [],
});

/** A package that answers this attribute with memory that has to be released. */
const answering = () => {
  const asked: number[] = [];
  const answer = ({ attribute, address, heap }: Parameters<typeof nothing>[0]): number => {
    asked.push(attribute);
    writeNativeStruct(SecPkgContext_NamesW, address, { sUserName: heap.wideString("mine") });
    return SEC_E_OK;
  };
  return { asked, sspi: scripted({ contextAttributes: answer, credentialAttributes: answer }) };
};
type Answer = NonNullable<NonNullable<Parameters<typeof scripted>[0]>["contextAttributes"]>;
const nothing: Answer = () => SEC_E_UNSUPPORTED_FUNCTION;

describe("an attribute that the caller has declared", () => {
  it("is asked of a context by its number, and comes back as plain values; what was handed out is released", () => {
    const { asked, sspi } = answering();
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    sspi.calls.length = 0;
    const value = client.query(mine);
    expectTypeOf(value).toEqualTypeOf<{ sUserName: string }>();
    expect({ value, asked }).toEqual({ value: { sUserName: "mine" }, asked: [0x9000] });
    expect(sspi.calls.filter((name) => name === "FreeContextBuffer").length).toBe(1);
  });

  it("is asked of a credential in the same way", () => {
    const { asked, sspi } = answering();
    using credential = outbound(sspi);
    sspi.calls.length = 0;
    expect({ value: credential.query(mine), asked }).toEqual({ value: { sUserName: "mine" }, asked: [0x9000] });
    expect(sspi.calls.filter((name) => name === "FreeContextBuffer").length).toBe(1);
  });

  it("is named in the error where the package does not answer it", () => {
    const sspi = scripted({ contextAttributes: nothing });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(thrownBy(() => client.query(mine)).cause).toMatchObject({
      message: "attribute: scripted does not answer SECPKG_ATTR_MINE of this context",
    });
  });
});

const name = { field: "sUserName", holds: "wide-string" };
const nested = (more: object) => ({ field: "sUserName", holds: SecPkgContext_NamesW, ...more });
const itself = { ...nested({}), inside: [] as unknown[] };
itself.inside.push(itself);
const blob = CRYPT_INTEGER_BLOB;
const lone = { ...lonePointer, fields: () => ({ value: usize }) };

describe("a declaration by which no answer could be read is refused before native code is called", () => {
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
      { pointers: [...mine.pointers, ...mine.pointers] },
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
    const sspi = scripted();
    using credential = outbound(sspi);
    expect(() => credential.query({ ...mine, ...change })).toThrow(message);
    expect(sspi.calls).not.toContain("QueryCredentialsAttributesW");
  });
});

describe("a declaration", () => {
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
    using credential = outbound(scripted());
    const query = () => credential.query({ ...mine, ...change });
    expect(query).toThrow(/^attribute/);
    expect(query).not.toThrow(secret);
  });

  it("is refused where its parts are inherited", () => {
    using credential = outbound(scripted());
    expect(() => credential.query(Object.create(mine))).toThrow(/got an object that inherits from another one$/);
  });

  it("is checked again where it has changed", () => {
    const { sspi } = answering();
    using credential = outbound(sspi);
    const pointers: object[] = [];
    const changing = { ...mine, pointers } as unknown as typeof mine;
    for (const one of mine.pointers) pointers.push(one);
    expect(credential.query(changing)).toEqual({ sUserName: "mine" });
    pointers[0] = { ...name, releasedBy: "free" };
    expect(() => credential.query(changing)).toThrow(/release function/);
  });

  it("is used as it was checked where it is frozen, whatever is changed within it", () => {
    const { sspi } = answering();
    using credential = outbound(sspi);
    const pointers: object[] = [...mine.pointers];
    const frozen = Object.freeze({ ...mine, pointers }) as unknown as typeof mine;
    for (let time = 0; time < 2; time += 1) {
      expect(credential.query(frozen)).toEqual({ sUserName: "mine" });
      pointers[0] = { field: "nope", holds: "bytes" };
    }
  });

  it.each(Object.entries({ ...contextAttributes, ...credentialAttributes }))(
    "of the library passes: %s",
    (_name, own) => {
      expect(() => attributeOf(own, {})).not.toThrow();
    },
  );
});
