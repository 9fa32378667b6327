import { describe, expect, it } from "vitest";
import { CREDSPP_SUBMIT_TYPE } from "../../generated/credssp/constants.ts";
import { CREDSSP_CRED_EX } from "../../generated/credssp/structs.ts";
import { SCH } from "../../generated/schannel/constants.ts";
import { certificateOf } from "../../src/credentials/certificates/certificate.ts";
import { openPfx } from "../../src/credentials/certificates/open-pfx.ts";
import { identityOf } from "../../src/credentials/identities/auth-identity.ts";
import { encodeIdentity } from "../../src/credentials/identities/make-identity.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { Credential, type CredsspOptions, live } from "../../src/index.ts";
import { copyOut } from "../../src/native/index.ts";
import { keepArenas } from "../memory/kept-arenas.ts";
import { scripted } from "../scripted/scripted.ts";
import { ScriptedCertificates } from "../scripted/scripted-certificates.ts";
import { ScriptedIdentities } from "../scripted/scripted-identities.ts";
import { credsspAt, extendedIdentityAt, identityAt, packedIdentityAt } from "../scripted/scripted-identity.ts";
import { schannelAt } from "../scripted/scripted-schannel.ts";

type Read = (cred: ReturnType<typeof credsspAt>) => unknown;

/** The data that the package reads through the struct. */
function written(credssp: CredsspOptions, read: Read = (cred) => cred): unknown {
  const sspi = scripted({ authData: (address) => read(credsspAt(address)) });
  Credential.acquireSync({ package: "Scripted", use: "outbound", credssp, provider: sspi.provider }).close();
  return sspi.acquisitions[0]?.authData;
}

const alice = { user: "alice", domain: "EXAMPLE", password: "hunter2-geheim" };

describe("a CREDSSP_CRED for a provider that reads only plain identities", () => {
  const data = Buffer.from("a PIN");
  const packed = { user: "alice", packedCredentials: { type: "cspData", data } };

  it.each([
    [packed, /^credssp\.spnego\.packedCredentials: .+ reads none$/],
    [{ ...alice, packageList: "!ntlm" }, /^credssp\.spnego\.packageList: .+ reads none$/],
    [{ ...alice, password: "p".repeat(513) }, /^credssp\.spnego\.password: .+ takes at most 512 characters/],
  ])("is refused before native code where another struct stands in it (%#)", async (spnego, message) => {
    const traits = { readsPackedIdentity: false, readsExtendedIdentity: false, takesLongPasswords: false };
    const sspi = scripted({ packageName: "CREDSSP", traits, authData: () => undefined });
    const options = { package: "CREDSSP", use: "outbound", credssp: { spnego }, provider: sspi.provider } as const;
    expect(() => Credential.acquireSync(options)).toThrow(message);
    await expect(Credential.acquire(options)).rejects.toThrow(message);
    expect(sspi.count("AcquireCredentialsHandleW")).toBe(0);
    Credential.acquireSync({ ...options, credssp: { spnego: alice } }).close();
  });
});

describe("a CREDSSP_CRED", () => {
  it("is for the session's own password where nothing is given", () => {
    expect(written({})).toEqual({ Type: CREDSPP_SUBMIT_TYPE.CredsspPasswordCreds, pSchannelCred: 0n, pSpnegoCred: 0n });
  });

  it("has an identity of every kind for the logon", () => {
    expect(written({ spnego: alice }, ({ pSpnegoCred }) => identityAt(pSpnegoCred))).toMatchObject(alice);
    const listed = { ...alice, packageList: "!ntlm" };
    expect(written({ spnego: listed }, ({ pSpnegoCred }) => extendedIdentityAt(pSpnegoCred))).toMatchObject(listed);
    const data = Buffer.from("a PIN and a reader");
    const packed = { user: "alice", packedCredentials: { type: "cspData", data } };
    expect(written({ spnego: packed }, ({ pSpnegoCred }) => packedIdentityAt(pSpnegoCred))).toMatchObject({ data });
  });

  it.each([
    ["schannelCreds", CREDSPP_SUBMIT_TYPE.CredsspSchannelCreds],
    ["certificateCreds", CREDSPP_SUBMIT_TYPE.CredsspCertificateCreds],
    ["submitBufferBoth", CREDSPP_SUBMIT_TYPE.CredsspSubmitBufferBoth],
    ["submitBufferBothOld", CREDSPP_SUBMIT_TYPE.CredsspSubmitBufferBothOld],
  ] as const)("has the bytes of %s for the logon", (submitType, type) => {
    const spnego = Buffer.from("what a dialog packed");
    const read: Read = (cred) => [cred.Type, Buffer.from(copyOut(cred.pSpnegoCred, spnego.length))];
    expect(written({ submitType, spnego }, read)).toEqual([type, spnego]);
  });

  it("holds what Schannel is given for TLS, and keeps its certificates alive", () => {
    const windows = new ScriptedCertificates([{ der: Buffer.from("alice"), container: "{alice}" }]);
    const certificate = certificateOf(openPfx(windows.functions, Buffer.from("pfx"), "", {}));
    const read: Read = ({ pSchannelCred }) => schannelAt(pSchannelCred);
    const schannel = { certificates: [certificate], flags: ["useStrongCrypto"] } as const;
    expect(written({ schannel, spnego: alice }, read)).toMatchObject({
      dwVersion: 4,
      paCred: [certificate.address],
      dwFlags: SCH.useStrongCrypto,
    });
    const { provider } = scripted({ authData: () => undefined });
    const options = { package: "Scripted", use: "outbound", credssp: { schannel }, provider } as const;
    const credential = Credential.acquireSync(options);
    certificate.close();
    expect(live().certificates).toBe(1);
    credential.close();
    expect(live().certificates).toBe(0);
  });

  it("is inside a CREDSSP_CRED_EX where there are flags", () => {
    const user = (address: bigint) => identityAt(address)?.user;
    const read: Read = ({ pSpnegoCred, Version, Flags, Reserved, Type, Cred }) => ({
      fields: [Type, Version, Flags, Reserved, Cred?.Type],
      user: user(pSpnegoCred),
    });
    expect(written({ flags: ["redirect"], spnego: alice }, read)).toEqual({
      fields: [CREDSPP_SUBMIT_TYPE.CredsspPasswordCreds, 0, 1, 0, CREDSPP_SUBMIT_TYPE.CredsspPasswordCreds],
      user: "alice",
    });
  });

  it("is zeroed after the call, with the secret that it points to", () => {
    keepArenas();
    const places: [bigint, number][] = [];
    written({ spnego: alice }, (cred) => {
      for (const { address, size } of identityAt(cred.pSpnegoCred)?.places ?? []) places.push([address, size]);
    });
    expect(places.length).toBe(4);
    for (const [address, size] of places) expect(copyOut(address, size)).toEqual(new Uint8Array(size));
  });
});

describe("a CREDSSP_CRED_EX", () => {
  it("is zeroed to its last byte after the call", () => {
    keepArenas();
    const { size } = CREDSSP_CRED_EX.layouts[hostAbi];
    const seen: [address: bigint, bytes: Buffer][] = [];
    const bytesAt = (address: bigint): Buffer => Buffer.from(copyOut(address, size));
    const { provider } = scripted({ authData: (address) => seen.push([address, bytesAt(address)]) });
    const credssp = { flags: ["redirect"], spnego: alice } as const;
    Credential.acquireSync({ package: "Scripted", use: "outbound", credssp, provider }).close();
    expect(seen).toHaveLength(1);
    for (const [address, bytes] of seen)
      expect([bytes.equals(Buffer.alloc(size)), bytesAt(address)]).toEqual([false, Buffer.alloc(size)]);
  });
});

describe("an identity of a provider that reads CREDSSP's own credentials for CREDSSP", () => {
  it("is taken for its other packages, and CREDSSP is acquired without any", () => {
    const traits = { credsspAuthData: "CREDSSP_CRED" } as const;
    const ntlm = scripted({ packageName: "NTLM", traits });
    const options = { package: "NTLM", use: "outbound", identity: alice, provider: ntlm.provider } as const;
    Credential.acquireSync(options).close();
    expect(ntlm.acquisitions[0]?.identity).toMatchObject(alice);
    const { provider } = scripted({ packageName: "CREDSSP", traits });
    Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider }).close();
  });
});

describe("an identity of SSPI's own in a CREDSSP_CRED", () => {
  it("stays alive until the call off the event loop returns", async () => {
    const windows = new ScriptedIdentities();
    const spnego = identityOf(encodeIdentity(windows.functions, { user: "alice" }));
    const { address } = spnego;
    const freed = () => windows.calls.includes("SspiFreeAuthIdentity");
    const sspi = scripted({ authData: (at) => [credsspAt(at).pSpnegoCred, freed()] });
    const options = { package: "Scripted", use: "outbound", credssp: { spnego }, provider: sspi.provider } as const;
    const pending = Credential.acquire(options);
    spnego.close();
    (await pending).close();
    expect([sspi.acquisitions[0]?.authData, freed()]).toEqual([[address, false], true]);
  });
});

describe("credentials for CredSSP are refused", () => {
  const refused = (options: Record<string, unknown>): string => {
    const sspi = scripted();
    try {
      Credential.acquireSync({
        package: "Scripted",
        use: "outbound",
        provider: sspi.provider,
        ...options,
      } as never).close();
    } catch (error) {
      expect(sspi.acquisitions).toEqual([]);
      return (error as Error).message;
    }
    throw new Error("these options were taken");
  };

  it.each([
    [null, /^credssp: expected \{ submitType, schannel, spnego, … \}, got null/],
    [
      { submitType: "pin" },
      /^credssp.submitType: expected one of passwordCreds, schannelCreds, .*; got a string of 3 characters/,
    ],
    [{ flags: ["hide"] }, /^credssp.flags: expected one of redirect; got a string of 4 characters/],
    [{ schannel: { protocols: [] } }, /^credssp.schannel.protocols: expected at least one protocol/],
    [{ spnego: "geheim" }, /^credssp.spnego: expected \{ user, domain, password, … \}, got a string of 6 characters$/],
    [{ spnego: { user: "alice" } }, /^credssp.spnego.password: expected a string, or bytes of UTF-8, got undefined/],
    [{ spnego: Buffer.from("geheim") }, /^credssp.spnego: expected an identity for passwordCreds, got bytes$/],
    [{ submitType: "submitBufferBoth", spnego: Buffer.alloc(0) }, /^credssp.spnego: expected the bytes of submit/],
  ])("as %j", (credssp, message) => {
    expect(refused({ credssp })).toMatch(message);
  });

  it("by a provider that would read an identity in them, or an older struct", () => {
    const { provider } = scripted({ traits: { credsspAuthData: "identity", readsSchCredentials: false } });
    expect(refused({ credssp: {}, provider })).toBe(
      "credssp: scripted takes an identity instead; credsspHost() of sspi-ffi/credssp is one, with provider: host.provider",
    );
    expect(refused({ schannel: { version: 5 }, provider })).toBe(
      "schannel.version: scripted reads SCHANNEL_CRED (version 4) only",
    );
  });

  it("beside other credentials, and for packages that would take them for something else", () => {
    expect(refused({ credssp: {}, schannel: {} })).toMatch(/^credssp: expected only one of .*; got schannel too$/);
    for (const name of ["NTLM", "Schannel", "Microsoft Unified Security Protocol Provider"])
      expect(refused({ credssp: {}, package: name })).toBe(`credssp: only CREDSSP takes it, not "${name}"`);
    expect(refused({ schannel: {}, package: "CREDSSP" })).toBe('schannel: only Schannel takes it, not "CREDSSP"');
  });
});
