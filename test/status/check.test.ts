import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  SEC_E_LOGON_DENIED,
  SEC_E_MESSAGE_ALTERED,
  SEC_E_NO_CREDENTIALS,
  SEC_E_OK,
  SEC_I_CONTEXT_EXPIRED,
  SEC_I_RENEGOTIATE,
} from "../../generated/status/constants.ts";
import { check, failure, isFailure } from "../../src/status/index.ts";
import { thrownBy } from "../thrown-by.ts";

describe("check", () => {
  it("returns SEC_E_OK, and the statuses that a function documents as success", () => {
    expect(check("DecryptMessage", SEC_E_OK)).toBe(0);
    const also = [SEC_I_RENEGOTIATE, SEC_I_CONTEXT_EXPIRED];
    for (const status of also) expect(check("DecryptMessage", status, undefined, also)).toBe(status);
  });

  it("C1 every status but SEC_E_OK is thrown, even a positive one, with its operation and unsigned number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffff_ffff }), (status) => {
        const error = thrownBy(() => check("AnyFunction", status));
        expect(error).toMatchObject({ status, operation: "AnyFunction", name: "SspiError" });
        expect(error.message).toMatch(/^AnyFunction: .*: /);
      }),
      { examples: [[1], [87], [1326], [SEC_I_RENEGOTIATE], [0x8000_0000], [0xffff_ffff]] },
    );
  });

  it("C9 SEC_E_MESSAGE_ALTERED of a server's leg or CompleteAuthToken mentions a wrong password; of a message it does not", () => {
    const altered = (operation: string): string => failure({ operation, status: SEC_E_MESSAGE_ALTERED }).message;
    for (const operation of ["AcceptSecurityContext", "CompleteAuthToken"])
      expect(altered(operation)).toMatch(/changed on the way, or the client used a wrong password$/);
    expect(altered("DecryptMessage")).toMatch(/changed on the way$/);
  });

  it("treats a signed status as the unsigned number with the same bits", () => {
    fc.assert(
      fc.property(fc.integer({ min: -0x8000_0000, max: -1 }), (status) => {
        expect(thrownBy(() => check("AnyFunction", status)).status).toBe(status >>> 0);
        expect(isFailure(status)).toBe(true);
      }),
    );
  });

  it("regards exactly the statuses with the severity bit as failures", () => {
    for (const status of [0, 1, 87, 0x4000_0000, 0x7fff_ffff])
      expect([status, isFailure(status)]).toEqual([status, false]);
    for (const status of [0x8000_0000, 0x8000_0001, 0xc000_0000, 0xffff_ffff, -1, -0x8000_0000])
      expect([status, isFailure(status)]).toEqual([status, true]);
  });

  it("adds a hint to a status only for the function to which it applies", () => {
    const message = (operation: string): string => failure({ operation, status: SEC_E_NO_CREDENTIALS }).message;
    const besides = ": neither an identity nor, of Kerberos, tickets (kinit) or keys";
    expect(message("AcquireCredentialsHandleW").endsWith(besides)).toBe(true);
    expect(message("InitializeSecurityContextW")).not.toContain(besides);
  });

  it("gives the error a message with function, name, number and meaning", () => {
    const error = thrownBy(() => check("AcceptSecurityContext", SEC_E_LOGON_DENIED));
    expect(error.message).toBe("AcceptSecurityContext: SEC_E_LOGON_DENIED (0x8009030c): the logon attempt failed");
    expect(error).toMatchObject({
      code: "SEC_E_LOGON_DENIED",
      status: 0x8009_030c,
      operation: "AcceptSecurityContext",
    });
  });

  it("names a status that is not in the headers by its number, once", () => {
    const error = thrownBy(() => check("DecryptMessage", 0xdead_beef));
    expect(error.code).toBe("0xdeadbeef");
    expect(error.message).toBe("DecryptMessage: 0xdeadbeef: a status that the headers do not name");
  });

  it("takes the error's cause from the status's source, which gets the unsigned number", () => {
    const asked: number[] = [];
    const cause = new Error("the package's own words");
    const explain = (status: number): Error => {
      asked.push(status);
      return cause;
    };
    expect(thrownBy(() => check("AcquireCredentialsHandleW", SEC_E_LOGON_DENIED | 0, { explain })).cause).toBe(cause);
    expect(asked).toEqual([SEC_E_LOGON_DENIED]);
    expect("cause" in thrownBy(() => check("AcquireCredentialsHandleW", 1, {}))).toBe(false);
  });
});

describe("failure()", () => {
  it("returns an error with its cause and its token for the peer", () => {
    const cause = new Error("the first one");
    const token = Buffer.of(1, 2, 3);
    const of = { operation: "RevertSecurityContext", status: SEC_E_LOGON_DENIED } as const;
    expect(failure({ ...of, cause, token })).toMatchObject({ cause, token });
    expect("cause" in failure(of)).toBe(false);
    expect(failure(of).token).toBeUndefined();
  });
});
