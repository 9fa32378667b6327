import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ASC_REQ, ASC_RET, ISC_REQ, ISC_RET, type IscReq, type IscRet } from "../../../generated/sspi/constants.ts";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ClientContext, ContextStateError, RequirementError, ServerContext } from "../../../src/index.ts";
import { inbound, outbound, scripted } from "../../scripted/scripted.ts";

const requirable = (Object.keys(ISC_REQ) as IscReq[]).filter((name): name is IscReq & IscRet => name in ISC_RET);

describe("what a context must have", () => {
  it("ISC-17 is asked for, and the context that has it completes", () => {
    fc.assert(
      fc.property(fc.subarray(requirable, { minLength: 1 }), (require) => {
        const bits = require.reduce((sum, name) => sum | ISC_RET[name], 0) >>> 0;
        const sspi = scripted({ legs: [{ status: SEC_E_OK, attributes: bits, ...allocatedIf(require) }] });
        using credential = outbound(sspi);
        using client = new ClientContext(credential, { require });
        expect(client.stepSync().status).toBe("complete");
        expect(sspi.legs[0]?.flags).toBe(require.reduce((sum, name) => sum | ISC_REQ[name], 0) >>> 0);
      }),
    );
  });

  it("ISC-17 and is missing deletes the context: the step fails and names each flag, and nothing can use the context", () => {
    fc.assert(
      fc.property(fc.subarray(requirable, { minLength: 1 }), fc.nat(), (require, pick) => {
        const absent = require[pick % require.length] as IscReq & IscRet;
        const bits = require.reduce((sum, name) => sum | ISC_RET[name], 0) & ~ISC_RET[absent];
        const sspi = scripted({ legs: [{ status: SEC_E_OK, attributes: bits >>> 0 }] });
        using credential = outbound(sspi);
        using client = new ClientContext(credential, { require });
        expect(() => client.stepSync()).toThrow(
          expect.objectContaining({
            name: "RequirementError",
            code: "SSPI_REQUIREMENT_NOT_MET",
            missing: [absent],
            unknown: [],
          }),
        );
        expect(sspi.calls.at(-1)).toBe("DeleteSecurityContext");
        expect(() => client.encrypt(Buffer.from("secret"))).toThrow(ContextStateError);
        expect(client.complete).toBe(false);
      }),
    );
  });

  it("ISC-17 B14 a required flag that the provider does not report fails the step and deletes the context", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential, {
      require: ["confidentiality", "integrity"],
      acceptUnknown: ["integrity"],
    });
    expect(() => client.stepSync()).toThrow(
      expect.objectContaining({
        missing: [],
        unknown: ["confidentiality"],
        message: expect.stringContaining("acceptUnknown"),
      }),
    );
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
  });

  it("ISC-17 B14 a required flag that the provider does not report is accepted if acceptUnknown names it", () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK }] }));
    using client = new ClientContext(credential, { require: ["confidentiality"], acceptUnknown: ["confidentiality"] });
    client.stepSync();
    expect([client.complete, client.flags, client.hasFlag("confidentiality")]).toEqual([true, "unknown", "unknown"]);
  });

  it("ISC-17 B14 a required flag that is known to be absent fails although acceptUnknown names it", () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK, attributes: 0 }] }));
    using client = new ClientContext(credential, { require: ["confidentiality"], acceptUnknown: ["confidentiality"] });
    expect(() => client.stepSync()).toThrow(RequirementError);
  });

  it("ISC-17 counts flags as unknown from a provider that echoes what was asked for", () => {
    const echo = {
      traits: { reportsFlags: false },
      legs: [{ status: SEC_E_OK, attributes: ISC_RET.confidentiality }],
    } as const;
    using credential = outbound(scripted(echo));
    using client = new ClientContext(credential, { require: ["confidentiality"] });
    expect(() => client.stepSync()).toThrow(expect.objectContaining({ unknown: ["confidentiality"] }));
  });

  it("is named by the error: what is missing, what is not reported, and how to accept that", () => {
    const accept = "(accept that with acceptUnknown)";
    const require = ["mutualAuth", "integrity", "messages"] as const;
    for (const [leg, message] of [
      [{ attributes: 0 }, `without mutualAuth, integrity and the provider does not report messages ${accept}`],
      [{}, `but the provider does not report mutualAuth, integrity, messages ${accept}`],
    ] as const) {
      using credential = outbound(scripted({ legs: [{ status: SEC_E_OK, ...leg }] }));
      using client = new ClientContext(credential, { require });
      expect(() => client.stepSync()).toThrow(`The context completed ${message}; it has been deleted`);
    }
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK, attributes: 0 }] }));
    using client = new ClientContext(credential, { require: ["integrity"] });
    expect(() => client.stepSync()).toThrow("The context completed without integrity; it has been deleted");
  });

  it("is refused at once where no grant of it could be reported", () => {
    const never = (Object.keys(ISC_REQ) as IscReq[]).filter((name) => !(name in ISC_RET));
    expect(never).toContain("promptForCreds");
    using credential = outbound(scripted({}));
    for (const name of never)
      expect(() => new ClientContext(credential, { require: [name as never] })).toThrow(/^require\b/);
  });

  it("is checked when the exchange is complete, not before", () => {
    const sspi = scripted({
      legs: [
        { status: SEC_I_CONTINUE_NEEDED, attributes: 0 },
        { status: SEC_E_OK, attributes: ISC_RET.integrity },
      ],
    });
    using credential = outbound(sspi);
    using client = new ClientContext(credential, { require: ["integrity"] });
    expect(client.stepSync().status).toBe("continue");
    expect(client.stepSync(Buffer.from("answer")).status).toBe("complete");
  });

  it("ASC-12 rejects a client that cannot meet what the server requires, and deletes the context", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK, attributes: ASC_RET.integrity, token: Buffer.from("t") }] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential, { require: ["confidentiality", "integrity"] });
    expect(() => server.stepSync(Buffer.from("hello"))).toThrow(
      expect.objectContaining({ missing: ["confidentiality"] }),
    );
    expect(sspi.legs[0]?.flags).toBe(ASC_REQ.confidentiality | ASC_REQ.integrity);
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
  });
});

/** A package that allocates when it is asked to. */
function allocatedIf(names: readonly string[]): { allocated?: true; token?: Buffer } {
  return names.includes("allocateMemory") ? { allocated: true, token: Buffer.from("t") } : {};
}
