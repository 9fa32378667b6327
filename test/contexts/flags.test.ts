import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ASC_RET, type AscReq, ISC_REQ, ISC_RET, type IscReq } from "../../generated/sspi/constants.ts";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { ClientContext, ContextStateError, ServerContext } from "../../src/index.ts";
import { inbound, outbound, scripted } from "../scripted/scripted.ts";

describe("flags that are asked for", () => {
  it.each([
    ["delegate", 0x1],
    ["mutualAuth", 0x2],
    ["sequenceDetect", 0x8],
    ["useSuppliedCreds", 0x80],
    ["connection", 0x800],
    ["extendedError", 0x4000],
    ["stream", 0x8000],
    ["manualCredValidation", 0x8_0000],
    ["allocateMemory", 0x100],
  ] as const)("ISC-05 %s reaches the package as 0x%x", (name, value) => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK, leaveOutput: true }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential, { request: [name] });
    client.stepSync();
    expect(sspi.legs[0]?.flags).toBe(value);
  });

  it.each([
    ["delegate", 0x1],
    ["replayDetect", 0x4],
    ["sequenceDetect", 0x8],
    ["allocateMemory", 0x100],
    ["connection", 0x800],
    ["extendedError", 0x8000],
    ["stream", 0x1_0000],
  ] as const)("ASC-04 %s reaches the package as 0x%x", (name, value) => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK, leaveOutput: true }] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential, { request: [name] });
    server.stepSync(Buffer.from("hello"));
    expect(sspi.legs[0]?.flags).toBe(value);
  });

  it("ISC-05 are combined, and sent with every leg", () => {
    const names = Object.keys(ISC_REQ).filter((name) => name !== "allocateMemory") as IscReq[];
    fc.assert(
      fc.property(fc.subarray(names), (request) => {
        const sspi = scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED }, { status: SEC_E_OK }] });
        using credential = outbound(sspi);
        using client = new ClientContext(credential, { request });
        client.stepSync();
        client.stepSync(Buffer.from("answer"));
        const bits = request.reduce((sum, name) => sum | ISC_REQ[name], 0) >>> 0;
        expect(sspi.legs.map((leg) => leg.flags)).toEqual([bits, bits]);
      }),
      { numRuns: 50 },
    );
  });

  it("are refused by name before native code where the header has no such flag", () => {
    const sspi = scripted();
    using credential = outbound(sspi);
    const before = sspi.calls.length;
    const wrong = ["confidentialty", "CONFIDENTIALITY", "__proto__", "constructor", "", 1, null] as unknown as IscReq[];
    for (const name of wrong)
      for (const option of ["request", "require", "acceptUnknown"])
        expect(() => new ClientContext(credential, { [option]: [name] }), `${option} ${name}`).toThrow(
          expect.objectContaining({
            name: "RangeError",
            message: expect.stringMatching(`^${option}: (did you mean "\\w+"\\? )?expected one of delegate, `),
          }),
        );
    expect(() => new ClientContext(credential, { request: "confidentiality" as never })).toThrow(
      /^request: expected an array/,
    );
    expect(sspi.calls.length).toBe(before);
  });

  it.each([
    ["an array that holds one", ["confidentiality"]],
    ["a String", new String("confidentiality")],
    ["an object that becomes one", { toString: () => "confidentiality" }],
    ["an object that becomes no string", Object.create(null)],
  ])("are refused as %s instead of a name", (_, name) => {
    const sspi = scripted();
    using client = outbound(sspi);
    using server = inbound(sspi);
    for (const option of ["request", "require", "acceptUnknown"])
      for (const make of [
        () => new ClientContext(client, { [option]: [name] }),
        () => new ServerContext(server, { [option]: [name] }),
      ])
        expect(make, option).toThrow(
          expect.objectContaining({
            name: "RangeError",
            message: expect.stringMatching(`^${option}: expected one of delegate, `),
          }),
        );
  });

  it("cannot be required where no returned flag could show them", () => {
    using credential = inbound(scripted());
    expect(() => new ServerContext(credential, { require: ["proxyBindings" as AscReq as never] })).toThrow(
      /^require: expected one of/,
    );
  });
});

describe("flags of a complete context", () => {
  it("ISC-16 ASC-10 cannot be read before it is complete", () => {
    const sspi = scripted({ legs: Array(2).fill({ status: SEC_I_CONTINUE_NEEDED, attributes: 0xffff }) });
    using out = outbound(sspi);
    using client = new ClientContext(out);
    expect(() => client.flags).toThrow(ContextStateError);
    client.stepSync();
    expect(() => client.flags).toThrow(ContextStateError);
    expect(() => client.hasFlag("confidentiality")).toThrow(/flags needs a complete context/);
    using into = inbound(sspi);
    using server = new ServerContext(into);
    server.stepSync(Buffer.from("hello"));
    expect(() => server.flags).toThrow(ContextStateError);
  });

  it("ISC-16 are all flags of the last leg, by name", () => {
    fc.assert(
      fc.property(fc.subarray(Object.keys(ISC_RET) as (keyof typeof ISC_RET)[]), (granted) => {
        const attributes = granted.reduce((sum, name) => sum | ISC_RET[name], 0) >>> 0;
        const sspi = scripted({
          legs: [
            { status: SEC_I_CONTINUE_NEEDED, attributes: 0x2 },
            { status: SEC_E_OK, attributes },
          ],
        });
        using credential = outbound(sspi);
        using client = new ClientContext(credential);
        client.stepSync();
        client.stepSync(Buffer.from("answer"));
        expect(new Set(client.flags)).toEqual(new Set(granted));
        for (const name of Object.keys(ISC_RET) as (keyof typeof ISC_RET)[])
          expect(client.hasFlag(name)).toBe(granted.includes(name));
      }),
      { numRuns: 50 },
    );
  });

  it("ISC-16 refuse a question for a flag that does not exist, instead of answering no", () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK, attributes: 0x10 }] }));
    using client = new ClientContext(credential);
    client.stepSync();
    expect(() => client.hasFlag("confidential" as never)).toThrow(
      /^flag: did you mean "confidentiality"\? expected one of .*; got "confidential"$/,
    );
  });

  it("refuse a question for what only becomes a flag's name", () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK, attributes: 0x10 }] }));
    using client = new ClientContext(credential);
    client.stepSync();
    for (const wrong of [
      { toString: () => "messages" },
      ["messages"],
      { toString: () => "confidentiality" },
      undefined,
    ])
      expect(() => client.hasFlag(wrong as never)).toThrow(/^flag: expected one of/);
    expect([client.hasFlag("messages"), client.hasFlag("confidentiality")]).toEqual(["unknown", true]);
  });

  it("ASC-10 have the server's names: the same bit is not the same flag on both sides", () => {
    const attributes = 0x4000;
    const sspi = scripted({ legs: Array(2).fill({ status: SEC_E_OK, attributes }) });
    using out = outbound(sspi);
    using client = new ClientContext(out);
    client.stepSync();
    using into = inbound(sspi);
    using server = new ServerContext(into);
    server.stepSync(Buffer.from("hello"));
    expect(client.flags).toEqual(names(ISC_RET, attributes));
    expect(server.flags).toEqual(names(ASC_RET, attributes));
    expect(client.flags).not.toEqual(server.flags);
  });

  it("are unknown where the provider never writes them", () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK }] }));
    using client = new ClientContext(credential);
    client.stepSync();
    expect(client.flags).toBe("unknown");
  });

  it("are empty where the provider reports that none was granted", () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK, attributes: 0 }] }));
    using client = new ClientContext(credential);
    client.stepSync();
    expect([client.flags, client.hasFlag("confidentiality")]).toEqual([[], false]);
  });
});

function names(group: Readonly<Record<string, number>>, bits: number): readonly string[] {
  return Object.keys(group).filter((name) => (bits & (group[name] ?? 0)) !== 0);
}
