import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SEC_E_LOGON_DENIED, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ClientContext, ServerContext, SspiError } from "../../../src/index.ts";
import { inbound, type LegAnswer, outbound, scripted } from "../../scripted/scripted.ts";

/** The error that a client's second leg throws when the package answers like this. */
function failureOf(answer: LegAnswer, maxToken = 64): SspiError {
  const sspi = scripted({ maxToken, legs: [{ status: SEC_I_CONTINUE_NEEDED }, answer] });
  using credential = outbound(sspi);
  using client = new ClientContext(credential);
  client.stepSync();
  try {
    client.stepSync(Buffer.from("answer"));
  } catch (error) {
    expect(error).toBeInstanceOf(SspiError);
    return error as SspiError;
  }
  throw new Error("the leg did not fail");
}

describe("the error of a failed leg", () => {
  it("has the token that tells the peer of the failure, where the package made one", () => {
    const error = failureOf({ status: SEC_E_LOGON_DENIED, token: Buffer.from("alert 42") });
    expect(error.token).toEqual(Buffer.from("alert 42"));
    expect(error).toMatchObject({
      code: "SEC_E_LOGON_DENIED",
      status: SEC_E_LOGON_DENIED,
      operation: "InitializeSecurityContextW",
    });
  });

  it("has no token where cbBuffer came back as 0", () => {
    expect(failureOf({ status: SEC_E_LOGON_DENIED })).toHaveProperty("token", undefined);
  });

  it("has no token where cbBuffer is only the size of our buffer: the bytes there are ours", () => {
    expect(failureOf({ status: SEC_E_LOGON_DENIED, leaveOutput: true })).toHaveProperty("token", undefined);
  });

  it("has the token also where the server's leg failed", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_LOGON_DENIED, token: Buffer.from("alert") }] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    expect(() => server.stepSync(Buffer.from("hello"))).toThrow(
      expect.objectContaining({ operation: "AcceptSecurityContext", token: Buffer.from("alert") }),
    );
  });

  it("counts the token where it is printed, and shows none of its bytes", () => {
    const error = failureOf({ status: SEC_E_LOGON_DENIED, token: Buffer.from("SECRET-IN-TOKEN") });
    const printed = [
      inspect(error),
      inspect(error, { showHidden: true }),
      String(error),
      error.stack,
      JSON.stringify(error),
    ];
    expect(printed[0]).toContain("token for the peer: 15 bytes");
    for (const text of printed) expect(text).not.toMatch(/SECRET|53 45 43 52 45 54|83,69,67/);
  });

  it("names the function, the status, its number, and what it means", () => {
    expect(failureOf({ status: SEC_E_LOGON_DENIED }).message).toMatch(
      /^InitializeSecurityContextW: SEC_E_LOGON_DENIED \(0x8009030c\): \S.+/,
    );
  });
});
