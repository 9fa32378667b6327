import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_LOGON_DENIED, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { check, failure } from "../../src/status/index.ts";
import { thrownBy } from "../thrown-by.ts";

describe("check", () => {
  it("hands back every status below 0x80000000, which is no failure", () => {
    expect(check("InitializeSecurityContextW", SEC_E_OK)).toBe(0);
    expect(check("InitializeSecurityContextW", SEC_I_CONTINUE_NEEDED)).toBe(0x0009_0312);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7fff_ffff }), (status) => {
        expect(check("AnyFunction", status)).toBe(status);
      }),
      { examples: [[0x7fff_ffff]] },
    );
  });

  it("throws every status from 0x80000000 on, with the operation and the unsigned number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0x8000_0000, max: 0xffff_ffff }), (status) => {
        const error = thrownBy(() => check("AnyFunction", status));
        expect(error).toMatchObject({ status, operation: "AnyFunction", name: "SspiError" });
        expect(error.message).toMatch(new RegExp(`^AnyFunction: .*0x${status.toString(16)}.*: `));
      }),
      { examples: [[0x8000_0000], [0xffff_ffff]] },
    );
  });

  it("takes a signed status for the unsigned one with the same bits", () => {
    fc.assert(
      fc.property(fc.integer({ min: -0x8000_0000, max: -1 }), (status) => {
        expect(thrownBy(() => check("AnyFunction", status)).status).toBe(status >>> 0);
        expect(failure("AnyFunction", status).message).toBe(failure("AnyFunction", status >>> 0).message);
        expect(failure("AnyFunction", status).status).toBe(status >>> 0);
      }),
    );
  });

  it("says function, name, number and meaning", () => {
    const error = thrownBy(() => check("AcceptSecurityContext", SEC_E_LOGON_DENIED));
    expect(error.message).toBe("AcceptSecurityContext: SEC_E_LOGON_DENIED (0x8009030c): the logon attempt failed");
    expect(error).toMatchObject({
      code: "SEC_E_LOGON_DENIED",
      status: 0x8009_030c,
      operation: "AcceptSecurityContext",
    });
  });

  it("calls a status that the headers do not name by its number, once", () => {
    const error = thrownBy(() => check("DecryptMessage", 0xdead_beef));
    expect(error.code).toBe("0xdeadbeef");
    expect(error.message).toBe("DecryptMessage: 0xdeadbeef: a status that the headers do not name");
  });

  it("hands the token for the peer on with the failure", () => {
    const token = Buffer.of(1, 2, 3);
    expect(thrownBy(() => check("AcceptSecurityContext", SEC_E_LOGON_DENIED, token)).token).toBe(token);
    expect(thrownBy(() => check("AcceptSecurityContext", SEC_E_LOGON_DENIED)).token).toBeUndefined();
  });
});

describe("failure", () => {
  it("keeps what caused it", () => {
    const cause = new Error("the first one");
    expect(failure("RevertSecurityContext", SEC_E_LOGON_DENIED, undefined, cause).cause).toBe(cause);
    expect("cause" in failure("RevertSecurityContext", SEC_E_LOGON_DENIED)).toBe(false);
  });
});
