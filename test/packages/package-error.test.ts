import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { CredsspError } from "../../src/credssp.ts";
import { PackageError } from "../../src/packages.ts";
import { failure } from "../../src/status/index.ts";

const token = Buffer.from("NTLMSSP with a response to a challenge");
const bytes = token.toString("hex").match(/../g)?.slice(0, 8).join(" ") as string;

const errors: readonly [string, PackageError][] = [
  ["PackageError", new PackageError("SEC_E_LOGON_DENIED", { token, message: "no such account" })],
  ["CredsspError", new CredsspError("SEC_E_LOGON_DENIED", "no such account", { errorCode: 0xc000_006d, token })],
];

describe.each(errors)("%s", (name, error) => {
  it("has its token, and hides it from everything that lists or copies properties", () => {
    expect(Buffer.from(error.token as Uint8Array)).toEqual(token);
    expect(Object.keys(error)).not.toContain("token");
    expect({ ...error }).not.toHaveProperty("token");
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ name, code: "SEC_E_LOGON_DENIED", status: 0x8009_030c });
    expect(JSON.stringify(error)).not.toContain("token");
  });

  it("E1 shows its token's size in inspect, and never its bytes, alone and as the cause of another error", () => {
    const outer = failure({ operation: "AcceptSecurityContext", status: error.status, cause: error });
    for (const shown of [error, outer, [outer], new Error("outer", { cause: outer })].map((one) =>
      inspect(one, { depth: 9, showHidden: true }),
    )) {
      expect(shown).toContain("token for the peer: 38 bytes");
      expect(shown).toContain("code: 'SEC_E_LOGON_DENIED'");
      for (const secret of [bytes, "Uint8Array", "Buffer", token.subarray(0, 4).join(", ")])
        expect(shown).not.toContain(secret);
    }
  });
});

describe("CredsspError", () => {
  it("shows the server's status and its cause, which JSON leaves out", () => {
    const error = new CredsspError("SEC_E_LOGON_DENIED", "x", { errorCode: 7, cause: new RangeError("the first one") });
    expect(inspect(error)).toMatch(/errorCode: 7\n {2}cause: RangeError: the first one/);
    expect(Object.keys(error)).not.toContain("cause");
    expect(error.cause).toBeInstanceOf(RangeError);
  });

  it("B7 takes no detail of a polluted Object.prototype, and B2 refuses unknown ones", () => {
    const everyone = Object.prototype as { token?: Buffer };
    everyone.token = token;
    try {
      expect(new CredsspError("SEC_E_LOGON_DENIED", "x").token).toBeUndefined();
      expect(new PackageError("SEC_E_LOGON_DENIED").token).toBeUndefined();
    } finally {
      delete everyone.token;
    }
    expect(() => new CredsspError("SEC_E_LOGON_DENIED", "x", { tokn: token } as never)).toThrow("did you mean token");
  });
});
