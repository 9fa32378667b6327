import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { contextAttributes } from "../../generated/attributes.ts";
import { ISC_RET } from "../../generated/sspi/constants.ts";
import { SecPkgContext_StreamSizes } from "../../generated/sspi/structs.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { ClientContext, ContextStateError, capabilities, live, ServerContext } from "../../src/index.ts";
import { complete, inbound, outbound, type Script, scripted } from "../scripted/scripted.ts";
import { bytesOfStruct, writeNative } from "../scripted/scripted-heap.ts";

/** Functions that exist, and may not be called. */
const protecting: Script = {
  encrypt: () => expect.unreachable("a message was encrypted"),
  sign: () => expect.unreachable("a message was signed"),
};

describe("a context's capabilities", () => {
  it("say for each attribute whether the package answers it, or with which status it refuses", () => {
    using client = complete(scripted());
    const { attributes } = capabilities(client);
    expect(Object.keys(attributes)).toEqual(Object.keys(contextAttributes));
    expect(Object.entries(attributes).filter(([, answer]) => answer === true)).toEqual([["sizes", true]]);
    expect(attributes.names).toBe("SEC_E_UNSUPPORTED_FUNCTION");
  });

  it("E3 capabilities of a context ask for no secret and nothing that goes to the network", () => {
    const asked: number[] = [];
    const script: Script = {
      contextAttributes({ attribute }) {
        asked.push(attribute);
        return 0x8009_0302;
      },
    };
    using client = complete(scripted(script));
    const { attributes } = capabilities(client);
    const kept = [
      "sessionKey",
      "negoKeys",
      "eapKeyBlock",
      "keyingMaterial",
      "clientCredentials",
      "certCheckResult",
    ] as const;
    expect(kept.map((name) => attributes[name])).toEqual(kept.map(() => "not asked"));
    expect(asked).toContain(contextAttributes.names.value);
    const unasked = Object.entries(attributes).filter(([, answer]) => answer === "not asked");
    const numbers = unasked.map(([name]) => contextAttributes[name as keyof typeof contextAttributes].value);
    expect(asked.filter((number) => numbers.includes(number))).toEqual([]);
  });

  it("say whether its flags are reported", () => {
    using unknown = complete(scripted());
    expect(capabilities(unknown).flags).toBe("unknown");
    using reported = complete(scripted({ legs: [{ status: SEC_E_OK, attributes: ISC_RET.integrity }] }));
    expect(capabilities(reported).flags).toBe("reported");
  });

  it("say from the granted flags whether messages are protected, without protecting one", () => {
    const protection = (attributes?: number, script: Script = {}) => {
      const sspi = scripted({
        legs: [{ status: SEC_E_OK, ...(attributes !== undefined && { attributes }) }],
        ...protecting,
        ...script,
      });
      using client = complete(sspi);
      const { encrypt, sign } = capabilities(client);
      expect([sspi.count("EncryptMessage"), sspi.count("MakeSignature")]).toEqual([0, 0]);
      return [encrypt, sign];
    };
    expect(protection()).toEqual(["unknown", "unknown"]);
    expect(protection(ISC_RET.integrity)).toEqual(["not-granted", "granted"]);
    expect(protection(ISC_RET.confidentiality)).toEqual(["granted", "not-granted"]);
    expect(protection(ISC_RET.integrity, { sizes: { trailer: 0, signature: 0 } })).toEqual(["absent", "absent"]);
    expect(protection(ISC_RET.integrity, { contextAttributes: () => 0x8009_0302 })).toEqual(["absent", "absent"]);
  });

  it("count a record's header as room for encryption where messages have no trailer", () => {
    const script: Script = {
      ...protecting,
      legs: [{ status: SEC_E_OK, attributes: ISC_RET.confidentiality }],
      contextAttributes({ attribute, address }) {
        if (attribute !== contextAttributes.streamSizes.value) return 0x8009_0302;
        const sizes = { cbHeader: 5, cbTrailer: 36, cbMaximumMessage: 16_384, cBuffers: 4, cbBlockSize: 16 };
        writeNative(address, bytesOfStruct(SecPkgContext_StreamSizes, sizes));
        return SEC_E_OK;
      },
    };
    using client = complete(scripted(script));
    expect(capabilities(client)).toMatchObject({ encrypt: "granted", sign: "absent" });
  });

  it("do not claim functions that the provider lacks", () => {
    const legs = [{ status: SEC_E_OK, attributes: ISC_RET.integrity | ISC_RET.confidentiality }];
    using client = complete(scripted({ legs, encrypt: () => expect.unreachable() }));
    expect(capabilities(client)).toMatchObject({ encrypt: "granted", sign: "absent" });
  });

  it("of a server say that its client's token and impersonation work, and leave nothing open", () => {
    const sspi = scripted();
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    server.stepSync(Buffer.from("hello"));
    expect(capabilities(server)).toMatchObject({ accessToken: true, impersonation: true });
    expect([sspi.count("CloseHandle"), sspi.count("RevertSecurityContext"), live().tokens]).toEqual([1, 1, 0]);
  });

  it("of a server say with which status the token and impersonation are refused", () => {
    using credential = inbound(scripted({ traits: { impersonates: false }, accessToken: () => 0x8009_0302 }));
    using server = new ServerContext(credential);
    server.stepSync(Buffer.from("hello"));
    expect(capabilities(server)).toMatchObject({
      accessToken: "SEC_E_UNSUPPORTED_FUNCTION",
      impersonation: "SEC_E_NO_IMPERSONATION",
    });
  });

  it("of a client do not touch impersonation", () => {
    const sspi = scripted();
    using client = complete(sspi);
    const { accessToken, impersonation } = capabilities(client);
    expect([accessToken, impersonation]).toEqual([undefined, undefined]);
    expect([sspi.count("ImpersonateSecurityContext"), sspi.count("QuerySecurityContextToken")]).toEqual([0, 0]);
  });

  it("are unknown before it is complete", () => {
    using credential = outbound(scripted());
    using client = new ClientContext(credential);
    expect(() => capabilities(client)).toThrow(ContextStateError);
  });

  it("print as a table with the attributes grouped by answer", () => {
    using client = complete(scripted(protecting));
    const lines = inspect(capabilities(client)).split("\n");
    expect(lines.slice(0, 7)).toEqual([
      "package                     Scripted",
      "flags                       unknown",
      "encrypt                     unknown",
      "sign                        unknown",
      "access token                not a client's",
      "impersonation               not a client's",
      "answers                     sizes",
    ]);
    expect(lines[7]).toMatch(/^SEC_E_UNSUPPORTED_FUNCTION {2}\w/);
    expect(lines).toContainEqual(expect.stringMatching(/^not asked {19}\w/));
  });
});
