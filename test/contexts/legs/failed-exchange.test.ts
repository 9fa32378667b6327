import { describe, expect, it } from "vitest";
import {
  SEC_E_INTERNAL_ERROR,
  SEC_E_INVALID_TOKEN,
  SEC_E_OK,
  SEC_I_COMPLETE_NEEDED,
  SEC_I_CONTINUE_NEEDED,
} from "../../../generated/status/constants.ts";
import { sspiStatus } from "../../../generated/status.ts";
import { ClientContext, live, ServerContext, SspiError } from "../../../src/index.ts";
import { inbound, type LegAnswer, type LegCall, outbound, scripted } from "../../scripted/scripted.ts";

const clientFailures = [
  "SEC_E_INSUFFICIENT_MEMORY",
  "SEC_E_INTERNAL_ERROR",
  "SEC_E_INVALID_HANDLE",
  "SEC_E_INVALID_TOKEN",
  "SEC_E_LOGON_DENIED",
  "SEC_E_NO_AUTHENTICATING_AUTHORITY",
  "SEC_E_NO_CREDENTIALS",
  "SEC_E_TARGET_UNKNOWN",
  "SEC_E_UNSUPPORTED_FUNCTION",
  "SEC_E_WRONG_PRINCIPAL",
  "SEC_E_DELEGATION_POLICY",
  "SEC_E_POLICY_NLTM_ONLY",
  "SEC_E_MUTUAL_AUTH_FAILED",
] as const;

const serverFailures = [
  "SEC_E_INSUFFICIENT_MEMORY",
  "SEC_E_INTERNAL_ERROR",
  "SEC_E_INVALID_HANDLE",
  "SEC_E_INVALID_TOKEN",
  "SEC_E_LOGON_DENIED",
  "SEC_E_NO_AUTHENTICATING_AUTHORITY",
  "SEC_E_NO_CREDENTIALS",
  "SEC_E_UNSUPPORTED_FUNCTION",
] as const;

describe("documented failures", () => {
  it.each(clientFailures)("ISC-15 %s of the client is its own typed error", (code) => {
    const { value: status } = sspiStatus[code];
    using credential = outbound(scripted({ legs: [{ status }] }));
    using client = new ClientContext(credential);
    expect(() => client.stepSync()).toThrow(SspiErrorLike({ code, status, operation: "InitializeSecurityContextW" }));
  });

  it.each(serverFailures)("ASC-09 %s of the server is its own typed error", (code) => {
    const { value: status } = sspiStatus[code];
    using credential = inbound(scripted({ legs: [{ status }] }));
    using server = new ServerContext(credential);
    expect(() => server.stepSync(Buffer.from("token"))).toThrow(
      SspiErrorLike({ code, status, operation: "AcceptSecurityContext" }),
    );
  });
});

function SspiErrorLike(facts: Partial<SspiError>): unknown {
  return expect.toSatisfy((error) => {
    expect(error).toBeInstanceOf(SspiError);
    expect(error).toMatchObject(facts);
    return true;
  });
}

describe("an exchange that fails", () => {
  it("ISC-18 in its first leg has nothing to delete", async () => {
    const sspi = scripted({ legs: Array(2).fill({ status: SEC_E_INVALID_TOKEN }) });
    using credential = outbound(sspi);
    using first = new ClientContext(credential);
    using second = new ClientContext(credential);
    expect(() => first.stepSync()).toThrow("SEC_E_INVALID_TOKEN");
    await expect(second.step()).rejects.toThrow("SEC_E_INVALID_TOKEN");
    first.close();
    second.close();
    expect(sspi.count("DeleteSecurityContext")).toBe(0);
  });

  it("ISC-18 in its first leg has nothing to delete, although the package wrote a handle", async () => {
    const failing = ({ newContext }: LegCall): LegAnswer => {
      sspi.handles.write(newContext, 77);
      return { status: SEC_E_INVALID_TOKEN };
    };
    const sspi = scripted({ legs: [failing, failing] });
    using credential = outbound(sspi);
    using first = new ClientContext(credential);
    using second = new ClientContext(credential);
    expect(() => first.stepSync()).toThrow("SEC_E_INVALID_TOKEN");
    await expect(second.step()).rejects.toThrow("SEC_E_INVALID_TOKEN");
    expect([sspi.count("DeleteSecurityContext"), live().contexts]).toEqual([0, 0]);
  });

  it("ISC-18 ASC-14 in a later leg deletes its context once, at once, however often it is closed", async () => {
    const legs = [{ status: SEC_I_CONTINUE_NEEDED }, { status: SEC_E_INVALID_TOKEN }];
    const sspi = scripted({ legs: [...legs, ...legs] });
    using credential = inbound(sspi);
    using first = new ServerContext(credential);
    first.stepSync(Buffer.from("a"));
    expect(() => first.stepSync(Buffer.from("b"))).toThrow("SEC_E_INVALID_TOKEN");
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
    first.close();
    first.close();
    using second = new ServerContext(credential);
    await second.step(Buffer.from("a"));
    await expect(second.step(Buffer.from("b"))).rejects.toThrow("SEC_E_INVALID_TOKEN");
    expect(sspi.count("DeleteSecurityContext")).toBe(2);
  });

  it("ASC-14 in CompleteAuthToken says so, and deletes the context that the leg had made", () => {
    const sspi = scripted({ legs: [{ status: SEC_I_COMPLETE_NEEDED }], complete: () => SEC_E_INTERNAL_ERROR });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    expect(() => server.stepSync(Buffer.from("a"))).toThrow(
      SspiErrorLike({ code: "SEC_E_INTERNAL_ERROR", operation: "CompleteAuthToken" }),
    );
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
  });

  it("ISC-18 leaves its credential usable for the next exchange", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_INVALID_TOKEN }, { status: SEC_E_OK }] });
    using credential = outbound(sspi);
    using failing = new ClientContext(credential);
    expect(() => failing.stepSync()).toThrow();
    using client = new ClientContext(credential);
    expect(client.stepSync().status).toBe("complete");
  });

  it("ISC-18 deletes its context once where the caller throws after a leg that succeeded", () => {
    const sspi = scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED }] });
    const work = (): void => {
      using credential = outbound(sspi);
      using client = new ClientContext(credential);
      client.stepSync();
      throw new Error("the connection broke");
    };
    expect(work).toThrow("the connection broke");
    expect(sspi.released.slice(-2)).toEqual(["DeleteSecurityContext", "FreeCredentialsHandle"]);
  });
});
