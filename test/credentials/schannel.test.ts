import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SCH, SP_PROT } from "../../generated/schannel/constants.ts";
import { SEC_E_NO_CREDENTIALS } from "../../generated/status/constants.ts";
import { type Certificate, certificateOf } from "../../src/credentials/certificates/certificate.ts";
import { openPfx } from "../../src/credentials/certificates/open-pfx.ts";
import { Credential, type CredentialUse, DisposedError, live, type SchannelOptions } from "../../src/index.ts";
import { scripted } from "../scripted/scripted.ts";
import { ScriptedCertificates } from "../scripted/scripted-certificates.ts";
import { schannelAt } from "../scripted/scripted-schannel.ts";
import { widest } from "../widest.ts";

function opened(...names: string[]): Certificate[] {
  return names.map((name) => {
    const windows = new ScriptedCertificates([{ der: Buffer.from(name), container: name }]);
    return certificateOf(openPfx(windows.functions, Buffer.from("pfx"), "", {}));
  });
}

/** The data that the package reads. */
function written(schannel: SchannelOptions, use: CredentialUse = "outbound"): unknown {
  const sspi = scripted({ authData: schannelAt });
  Credential.acquireSync({ package: "Scripted", use, schannel, provider: sspi.provider }).close();
  return sspi.acquisitions[0]?.authData;
}

const emptyCred = {
  dwVersion: 4,
  cCreds: 0,
  paCred: [],
  hRootStore: 0n,
  cMappers: 0,
  aphMappers: 0n,
  cSupportedAlgs: 0,
  palgSupportedAlgs: [],
  grbitEnabledProtocols: 0,
  dwMinimumCipherStrength: 0,
  dwMaximumCipherStrength: 0,
  dwSessionLifespan: 0,
  dwFlags: 0,
  dwCredFormat: 0,
};

const emptyCredentials = {
  dwVersion: 5,
  dwCredFormat: 0,
  cCreds: 0,
  paCred: [],
  hRootStore: 0n,
  cMappers: 0,
  aphMappers: 0n,
  dwSessionLifespan: 0,
  dwFlags: 0,
  cTlsParameters: 0,
  pTlsParameters: [],
};

const client = {
  ssl2: SP_PROT.ssl2Client,
  ssl3: SP_PROT.ssl3Client,
  "tls1.0": SP_PROT.tls10Client,
  "tls1.1": SP_PROT.tls11Client,
  "tls1.2": SP_PROT.tls12Client,
  "tls1.3": SP_PROT.tls13Client,
} as const;
const dtls = SP_PROT.dtls10Client | SP_PROT.dtls12Client;
type Name = keyof typeof client;
const names = Object.keys(client) as Name[];

describe("a SCHANNEL_CRED", () => {
  it("is all zero where nothing is asked for", () => {
    expect(written({})).toEqual(emptyCred);
  });

  it("has certificates, flags, algorithms, strengths, lifespan and roots in their fields", () => {
    const certificates = opened("alice", "bob");
    const cred = written({
      certificates,
      flags: ["credManualCredValidation", "useStrongCrypto"],
      algorithms: [0x6610, 0x800e],
      minimumCipherStrength: 128,
      maximumCipherStrength: 256,
      sessionLifespan: 60_000,
      rootStore: widest,
    });
    expect(cred).toEqual({
      ...emptyCred,
      cCreds: 2,
      paCred: certificates.map(({ address }) => address),
      dwFlags: (SCH.credManualCredValidation | SCH.useStrongCrypto) >>> 0,
      cSupportedAlgs: 2,
      palgSupportedAlgs: [0x6610, 0x800e],
      dwMinimumCipherStrength: 128,
      dwMaximumCipherStrength: 256,
      dwSessionLifespan: 60_000,
      hRootStore: widest,
    });
    for (const certificate of certificates) certificate.close();
  });

  it("enables exactly the protocols that are named, for the credential's own side", () => {
    const some = fc.subarray(
      names.filter((name) => name !== "tls1.3"),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(some, fc.constantFrom("inbound", "outbound", "both"), (protocols, use) => {
        const bits = protocols.reduce((sum, name) => sum | client[name], 0);
        // The server's bit of each protocol is half the client's.
        const wanted = { outbound: bits, inbound: bits >>> 1, both: bits | (bits >>> 1) }[use];
        expect(written({ protocols }, use)).toEqual({ ...emptyCred, grbitEnabledProtocols: wanted >>> 0 });
      }),
      { numRuns: 60 },
    );
  });
});

describe("a SCH_CREDENTIALS", () => {
  it("is used where it is asked for, and for options that only it has", () => {
    expect(written({ version: 5 })).toEqual(emptyCredentials);
    expect(written({ protocols: ["tls1.3"] })).toMatchObject({ dwVersion: 5 });
    expect(written({ restrictions: [] })).toEqual(emptyCredentials);
    expect(written({ protocols: ["tls1.3"], version: 4 })).toEqual({
      ...emptyCred,
      grbitEnabledProtocols: SP_PROT.tls13Client,
    });
  });

  it("disables every protocol that is not named, and always those for datagrams", () => {
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), (protocols) => {
        const disabled = names
          .filter((name) => !protocols.includes(name))
          .reduce((sum, name) => sum | client[name], dtls);
        const [restriction] = (written({ protocols, version: 5 }) as typeof emptyCredentials).pTlsParameters;
        expect(restriction).toEqual({
          cAlpnIds: 0,
          rgstrAlpnIds: [],
          grbitDisabledProtocols: disabled >>> 0,
          cDisabledCrypto: 0,
          pDisabledCrypto: [],
          dwFlags: 0,
        });
      }),
      { numRuns: 60 },
    );
  });

  it("has certificates and restrictions, and everything that they point to", () => {
    const [alice] = opened("alice") as [Certificate];
    const restriction = {
      applicationProtocols: ["h2", "spdy/☂"],
      disabledAlgorithms: [
        { usage: "cipher", algorithm: "AES", chainingModes: ["ChainingModeCBC"], maximumBits: 128 },
        { usage: "certificateSignature", algorithm: "SHA1", minimumBits: 1 },
      ],
      optional: true,
    } as const;
    const found = written({ certificates: [alice], protocols: ["tls1.3"], restrictions: [restriction] });
    expect(found).toMatchObject({ cCreds: 1, paCred: [alice.address], cTlsParameters: 2 });
    expect((found as typeof emptyCredentials).pTlsParameters[1]).toEqual({
      cAlpnIds: 2,
      rgstrAlpnIds: ["h2", "spdy/☂"],
      grbitDisabledProtocols: 0,
      cDisabledCrypto: 2,
      pDisabledCrypto: [
        {
          eAlgorithmUsage: 2,
          strCngAlgId: "AES",
          cChainingModes: 1,
          rgstrChainingModes: ["ChainingModeCBC"],
          dwMinBitLength: 0,
          dwMaxBitLength: 128,
        },
        {
          eAlgorithmUsage: 4,
          strCngAlgId: "SHA1",
          cChainingModes: 0,
          rgstrChainingModes: [],
          dwMinBitLength: 1,
          dwMaxBitLength: 0,
        },
      ],
      dwFlags: 1,
    });
    alice.close();
  });
});

describe("the certificates of a credential", () => {
  it("stay alive exactly as long as the credential", async () => {
    const [alice] = opened("alice") as [Certificate];
    const { provider } = scripted({ authData: schannelAt });
    const options = { package: "Scripted", use: "outbound", schannel: { certificates: [alice] }, provider } as const;
    const [first, second] = [Credential.acquireSync(options), await Credential.acquire(options)];
    alice.close();
    expect(live()).toMatchObject({ credentials: 2, certificates: 1 });
    first.close();
    expect(live()).toMatchObject({ credentials: 1, certificates: 1 });
    second.close();
    expect(live()).toMatchObject({ credentials: 0, certificates: 0 });
  });

  it("are released when the credential is not acquired", async () => {
    const [alice] = opened("alice") as [Certificate];
    const { provider } = scripted({ authData: schannelAt, acquire: () => SEC_E_NO_CREDENTIALS });
    const options = { package: "Scripted", use: "outbound", schannel: { certificates: [alice] }, provider } as const;
    expect(() => Credential.acquireSync(options)).toThrow("SEC_E_NO_CREDENTIALS");
    const pending = Credential.acquire(options);
    alice.close();
    // The call that is under way still reads it.
    expect(live().certificates).toBe(1);
    await expect(pending).rejects.toThrow("SEC_E_NO_CREDENTIALS");
    expect(live().certificates).toBe(0);
  });
});

describe("Schannel's options are refused", () => {
  const refused = (options: Record<string, unknown>): unknown => {
    const sspi = scripted({ authData: schannelAt });
    const all = { package: "Scripted", use: "outbound", provider: sspi.provider, ...options };
    try {
      Credential.acquireSync(all as never).close();
    } catch (error) {
      expect(sspi.acquisitions).toEqual([]);
      return error instanceof Error ? error.message : error;
    }
    throw new Error("these options were taken");
  };

  it.each<[object | null, RegExp]>([
    [null, /^schannel: expected \{ certificates, protocols, flags, … \}, got null/],
    ...[null, 0, false, ""].map((restrictions): [object, RegExp] => [
      { restrictions },
      /^schannel.restrictions: expected an array, got (null|a number|a boolean|an empty string)$/,
    ]),
    [{ certificates: {} }, /^schannel.certificates: expected an array, got an instance of Object/],
    [{ certificates: ["alice"] }, /^schannel.certificates\[0\]: expected a Certificate, got a string of 5 characters/],
    [{ protocols: "tls1.2" }, /^schannel.protocols: expected an array of protocols, got a string of 6 characters/],
    [{ protocols: [] }, /^schannel.protocols: expected at least one protocol, got none/],
    [
      { protocols: ["tls1.4"] },
      /^schannel.protocols: (did you mean "tls1.\d"\? )?expected one of ssl2, .*tls1.3.*; got "tls1.4"/,
    ],
    [{ flags: ["strong"] }, /^schannel.flags: expected one of .*useStrongCrypto.*; got a string of 6 characters/],
    [{ version: 3 }, /^schannel.version: expected 4 or 5, got 3/],
    [{ sessionLifespan: -1 }, /^schannel.sessionLifespan: expected an integer/],
    [{ rootStore: 5 }, /^schannel.rootStore: expected an HCERTSTORE as a bigint, got number/],
    ...[0n, -1n, widest + 1n].map((rootStore): [object, RegExp] => [
      { rootStore },
      new RegExp(`^schannel.rootStore: expected an HCERTSTORE, got ${rootStore}`),
    ]),
    [{ version: 4, restrictions: [] }, /^schannel.restrictions: SCHANNEL_CRED \(version 4\) does not have them/],
    [{ version: 5, algorithms: [1] }, /^schannel.algorithms: SCH_CREDENTIALS \(version 5\) does not have it/],
    [{ protocols: ["tls1.3"], minimumCipherStrength: 1 }, /^schannel.minimumCipherStrength: SCH_CREDENTIALS/],
    [{ algorithms: [1.5] }, /^schannel.algorithms\[0\]: expected an integer/],
    [{ restrictions: Array(17).fill({}) }, /^schannel.restrictions: expected at most 16, got 17/],
    [
      { restrictions: [{}, { applicationProtocols: ["h2"] }, { applicationProtocols: [] }] },
      /^schannel.restrictions\[2\]: without applicationProtocols it is for all, as is restrictions\[0\]$/,
    ],
    [
      { protocols: ["tls1.3"], restrictions: [{ disabledAlgorithms: [{ usage: "digest", algorithm: "SHA1" }] }] },
      /^schannel.restrictions\[0\]: without applicationProtocols it is for all, as are protocols$/,
    ],
    [{ restrictions: [{ optional: 1 }] }, /^schannel.restrictions\[0\].optional: expected a boolean/],
    [{ restrictions: [{ applicationProtocols: [""] }] }, /^schannel.restrictions\[0\].applicationProtocols: /],
    [
      { restrictions: [{ disabledAlgorithms: [{ usage: "hash", algorithm: "SHA1" }] }] },
      /^schannel.restrictions\[0\].disabledAlgorithms\[0\].usage: expected one of keyExchange, signature, cipher/,
    ],
    [
      { restrictions: [{ disabledAlgorithms: [{ usage: "digest" }] }] },
      /^schannel.restrictions\[0\].disabledAlgorithms\[0\].algorithm: expected a string, got undefined/,
    ],
  ])("%o", (schannel, message) => {
    expect(refused({ schannel } as never)).toMatch(message);
  });

  it("beside an identity, and for packages that would take them for one", () => {
    expect(refused({ schannel: {}, identity: { user: "alice", password: "geheim" } })).toMatch(
      /^schannel: expected only one of identity, schannel, credssp; got identity too$/,
    );
    for (const name of ["NTLM", "negotiate", "Kerberos", "WDigest", "pku2u", "CloudAP", "CREDSSP"])
      expect(refused({ schannel: {}, package: name })).toBe(
        `schannel: only Schannel takes it, not ${JSON.stringify(name)}`,
      );
  });

  it("where an identity stands in their place, which Schannel would read as something else", () => {
    const identity = { user: "alice", password: "geheim" };
    for (const name of ["Schannel", "Microsoft Unified Security Protocol Provider", "default tls ssp"])
      expect(refused({ identity, package: name })).toBe(`identity: Schannel takes schannel instead`);
  });

  it("with a certificate that is closed", () => {
    const [alice] = opened("alice") as [Certificate];
    alice.close();
    const sspi = scripted({ authData: schannelAt });
    const schannel = { certificates: [alice] };
    expect(() =>
      Credential.acquireSync({ package: "Scripted", use: "outbound", schannel, provider: sspi.provider }),
    ).toThrow(DisposedError);
    expect(sspi.acquisitions).toEqual([]);
  });
});
