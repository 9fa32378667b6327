import { describe, expect, expectTypeOf, it } from "vitest";
import { SecPkgContext_NamesW, SecPkgContext_SessionKey } from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { ClientContext } from "../../src/index.ts";
import { attribute, type ReleaseFunction } from "../../src/raw.ts";
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
      /^attribute\.pointers: expected a release function in releasedBy, got "free"/,
    ],
    [
      "whose size no field has",
      { pointers: [{ field: "sUserName", holds: "bytes", sizedBy: "size" }] },
      /^attribute\.pointers: expected a field of SecPkgContext_NamesW in sizedBy/,
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
