import { describe, expect, expectTypeOf, it } from "vitest";
import { SecPkgContext_NamesW } from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { ClientContext } from "../../src/index.ts";
import { ownAttribute } from "../fixtures/own-attribute.ts";
import { outbound, scripted } from "../scripted/scripted.ts";
import { writeNativeStruct } from "../scripted/scripted-heap.ts";
import { thrownBy } from "../thrown-by.ts";

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
    const value = client.query(ownAttribute);
    expectTypeOf(value).toEqualTypeOf<{ sUserName: string }>();
    expect({ value, asked }).toEqual({ value: { sUserName: "mine" }, asked: [0x9000] });
    expect(sspi.calls.filter((name) => name === "FreeContextBuffer").length).toBe(1);
  });

  it("is asked of a credential in the same way", () => {
    const { asked, sspi } = answering();
    using credential = outbound(sspi);
    sspi.calls.length = 0;
    expect({ value: credential.query(ownAttribute), asked }).toEqual({ value: { sUserName: "mine" }, asked: [0x9000] });
    expect(sspi.calls.filter((name) => name === "FreeContextBuffer").length).toBe(1);
  });

  it("is named in the error where the package does not answer it", () => {
    const sspi = scripted({ contextAttributes: nothing });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(thrownBy(() => client.query(ownAttribute)).cause).toMatchObject({
      message: "attribute: scripted does not answer SECPKG_ATTR_MINE of this context",
    });
  });
});

describe("a declaration by which no answer could be read", () => {
  it("is refused before native code is called", () => {
    const sspi = scripted();
    using credential = outbound(sspi);
    expect(() => credential.query({ ...ownAttribute, times: ["sUserName"] })).toThrow(
      /^attribute\.times: expected a field/,
    );
    expect(sspi.calls).not.toContain("QueryCredentialsAttributesW");
  });

  it("is checked again where it has changed", () => {
    const { sspi } = answering();
    using credential = outbound(sspi);
    const pointers: object[] = [];
    const changing = { ...ownAttribute, pointers } as unknown as typeof ownAttribute;
    for (const one of ownAttribute.pointers) pointers.push(one);
    expect(credential.query(changing)).toEqual({ sUserName: "mine" });
    pointers[0] = { ...ownAttribute.pointers[0], releasedBy: "free" };
    expect(() => credential.query(changing)).toThrow(/release function/);
  });

  it("is used as it was checked where it is frozen, whatever is changed within it", () => {
    const { sspi } = answering();
    using credential = outbound(sspi);
    const pointers: object[] = [...ownAttribute.pointers];
    const frozen = Object.freeze({ ...ownAttribute, pointers }) as unknown as typeof ownAttribute;
    for (let time = 0; time < 2; time += 1) {
      expect(credential.query(frozen)).toEqual({ sUserName: "mine" });
      pointers[0] = { field: "nope", holds: "bytes" };
    }
  });
});
