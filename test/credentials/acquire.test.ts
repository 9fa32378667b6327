import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_WINNT_AUTH_IDENTITY_UNICODE, SECPKG_CRED } from "../../generated/sspi/constants.ts";
import { SEC_E_NO_CREDENTIALS, SEC_E_OK } from "../../generated/status/constants.ts";
import { acquiredOf } from "../../src/credentials/index.ts";
import { Credential, type CredentialOptions, live } from "../../src/index.ts";
import { HandleSlot } from "../../src/memory/index.ts";
import { scripted } from "../scripted/scripted.ts";

/** A name or password that native code can take: anything without NUL. */
const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((value) => !value.includes("\0"));

describe("what a credential is acquired with", () => {
  it("is copied from the options, which may change meanwhile", async () => {
    const { provider } = scripted({ traits: { samFile: "identity" } });
    const options = { package: "Scripted", use: "inbound", winpr: { samFile: "/etc/winpr/SAM" }, provider } as const;
    const given: { -readonly [K in keyof CredentialOptions]: CredentialOptions[K] } = { ...options };
    const pending = Credential.acquire(given);
    Object.assign(given, { use: "outbound", winpr: { samFile: "/tmp/another" } });
    using credential = await pending;
    expect([credential.use, acquiredOf(credential).samFile?.given]).toEqual(["inbound", "/etc/winpr/SAM"]);
  });

  it("is held for the call only, also when the provider throws", async () => {
    const lost = () => {
      throw new Error("the provider is lost");
    };
    const { provider } = scripted({ acquire: lost });
    const next = (): number => {
      const slot = HandleSlot.lease();
      slot.giveBack();
      return slot.address;
    };
    const before = next();
    const options = { package: "Scripted", use: "outbound", provider } as const;
    expect(() => Credential.acquireSync(options)).toThrow("the provider is lost");
    await expect(Credential.acquire(options)).rejects.toThrow("the provider is lost");
    expect(next()).toBe(before);
  });

  it.each(["inbound", "outbound", "both"] as const)("reaches the package as its name, and %s", (use) => {
    const sspi = scripted();
    using credential = Credential.acquireSync({ package: "Scripted", use, provider: sspi.provider });
    expect(sspi.acquisitions).toEqual([
      { principal: undefined, package: "Scripted", use: SECPKG_CRED[use], identity: undefined, unused: [0, 0, 0] },
    ]);
    expect([credential.package, credential.use, credential.closed]).toEqual(["Scripted", use, false]);
  });

  it("reaches the package as the principal, in full", () => {
    fc.assert(
      fc.property(
        text.filter((value) => value !== ""),
        (principal) => {
          const sspi = scripted();
          using credential = Credential.acquireSync({
            package: "Scripted",
            use: "both",
            principal,
            provider: sspi.provider,
          });
          expect(sspi.acquisitions[0]?.principal).toBe(principal);
          expect(credential.closed).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("reaches the package as user, domain and password, in full, as UTF-16 with their lengths", () => {
    const lone = fc.constantFrom("\ud800", "a\udc00b", "");
    fc.assert(
      fc.property(
        fc.oneof(text, lone),
        fc.option(text, { nil: undefined }),
        fc.oneof(text, lone),
        (user, domain, password) => {
          const sspi = scripted();
          const identity = { user, password, ...(domain !== undefined && { domain }) };
          Credential.acquireSync({ package: "Scripted", use: "outbound", identity, provider: sspi.provider }).close();
          expect(sspi.acquisitions[0]?.identity).toMatchObject({
            user,
            domain: domain ?? "",
            password,
            flags: SEC_WINNT_AUTH_IDENTITY_UNICODE,
          });
        },
      ),
    );
  });

  it("reaches the package in full where strings are longer than any workspace", () => {
    const long = "ü".repeat(200_000);
    const sspi = scripted();
    const identity = { user: long, domain: `${long}.example`, password: `${long}!` };
    Credential.acquireSync({ package: "Scripted", use: "outbound", identity, provider: sspi.provider }).close();
    const seen = sspi.acquisitions[0]?.identity;
    expect([seen?.user === long, seen?.domain === `${long}.example`, seen?.password === `${long}!`]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("finds its package whatever the case of the name, and has the name as the provider spells it", () => {
    const sspi = scripted();
    using credential = Credential.acquireSync({ package: "sCRIPTED", use: "outbound", provider: sspi.provider });
    expect([credential.package, sspi.acquisitions[0]?.package]).toEqual(["Scripted", "Scripted"]);
  });
});

describe("the result of acquiring a credential", () => {
  it("is a typed error with nothing to free where the package fails", async () => {
    const sspi = scripted({ acquire: () => SEC_E_NO_CREDENTIALS });
    const options = { package: "Scripted", use: "outbound", provider: sspi.provider } as const;
    const expected = expect.objectContaining({ code: "SEC_E_NO_CREDENTIALS", operation: "AcquireCredentialsHandleW" });
    expect(() => Credential.acquireSync(options)).toThrow(expected);
    await expect(Credential.acquire(options)).rejects.toThrow(expected);
    expect([sspi.count("FreeCredentialsHandle"), live().credentials]).toEqual([0, 0]);
  });

  it("expires at the instant of the provider's local clock, and has no expiry where the provider does not say", () => {
    const local = Date.UTC(2031, 1, 3, 4, 5, 6);
    const expiry = (BigInt(local) + 11_644_473_600_000n) * 10_000n;
    const options = { package: "Scripted", use: "outbound" } as const;
    using dated = Credential.acquireSync({
      ...options,
      provider: scripted({ acquire: () => ({ status: SEC_E_OK, expiry }) }).provider,
    });
    using undated = Credential.acquireSync({ ...options, provider: scripted().provider });
    expect(dated.expiry).toEqual(new Date(2031, 1, 3, 4, 5, 6));
    expect(undated.expiry).toBeUndefined();
  });

  it("is freed once however often it is closed", () => {
    const sspi = scripted();
    const credential = Credential.acquireSync({ package: "Scripted", use: "outbound", provider: sspi.provider });
    expect(live().credentials).toBe(1);
    credential.close();
    credential[Symbol.dispose]();
    credential.close();
    expect([sspi.count("FreeCredentialsHandle"), credential.closed]).toEqual([1, true]);
  });
});
