import { describe, expect, it } from "vitest";
import { type AnyIdentity, Credential } from "../../src/index.ts";
import { scripted } from "../scripted/scripted.ts";

const packedCredentials = { type: "password", password: "geheim" } as const;

/** Acquires a credential of each kind of identity that has a list, and returns what was thrown for each. */
function thrownFor(packageList: string | readonly string[]): unknown[] {
  const identities: readonly AnyIdentity[] = [
    { packageList },
    { user: "alice", password: "geheim", packageList },
    { user: "alice", packedCredentials, packageList },
  ];
  return identities.map((identity) => {
    const { provider } = scripted({ authData: () => undefined });
    try {
      Credential.acquireSync({ package: "Scripted", use: "outbound", identity, provider }).close();
      return undefined;
    } catch (error) {
      return error;
    }
  });
}

const refusal = (message: RegExp) =>
  expect.objectContaining({ name: "RangeError", message: expect.toSatisfy(matches(message)) });

function matches(pattern: RegExp): (message: string) => boolean {
  return (message) => pattern.test(message) && !message.includes("geheim");
}

describe("a list of packages", () => {
  it.each(["!ntml", "kerberos,!NTLMv2", ["!kerberos", "!ntlmssp"], "!geheim"])(
    "B47 is refused where a package that it excludes does not exist: %j",
    (list) => {
      const refused = refusal(
        /^identity\.packageList: expected to exclude packages that exist \(NTLM, Kerberos, .*Scripted.*\), got /,
      );
      expect(thrownFor(list)).toEqual([refused, refused, refused]);
    },
  );

  it.each(["!ntlm ", "ntlm\t", "!ntlm;kerberos", ";ntlm", "! ntlm", ["kerberos", "!ntlm\u00a0"]])(
    "is refused where a name has a space around it, or a separator that is no comma: %j",
    (list) => {
      const refused = refusal(
        /^identity\.packageList: expected names like "kerberos" or "!ntlm", got a string of \d+ /,
      );
      expect(thrownFor(list)).toEqual([refused, refused, refused]);
    },
  );

  it.each([
    "!ntlm,!KERBEROS",
    "!NegoExtender,!PKU2U,!negotiate",
    "!schannel,!Microsoft Unified Security Protocol Provider",
    ["nosuch", "!scripted"],
  ])("may exclude Windows' packages and the provider's own, in any case: %j", (list) => {
    expect(thrownFor(list)).toEqual([undefined, undefined, undefined]);
  });
});
