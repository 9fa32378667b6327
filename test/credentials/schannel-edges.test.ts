import { describe, expect, it } from "vitest";
import { SP_PROT } from "../../generated/schannel/constants.ts";
import { type Certificate, certificateOf } from "../../src/credentials/certificates/certificate.ts";
import { openPfx } from "../../src/credentials/certificates/open-pfx.ts";
import { Credential, type CredentialUse, type SchannelOptions, type TlsRestriction } from "../../src/index.ts";
import type { ProviderTraits } from "../../src/native/index.ts";
import { soilWorkspace } from "../memory/soiled-workspace.ts";
import { scripted } from "../scripted/scripted.ts";
import { ScriptedCertificates } from "../scripted/scripted-certificates.ts";
import { schannelAt } from "../scripted/scripted-schannel.ts";

/** What the package reads, or the message of the error. */
function taken(
  schannel: unknown,
  use: CredentialUse = "outbound",
  traits: Partial<ProviderTraits> = {},
): ReturnType<typeof schannelAt> | string {
  const sspi = scripted({ authData: schannelAt, traits });
  soilWorkspace();
  const options = { package: "Scripted", use, schannel: schannel as SchannelOptions, provider: sspi.provider };
  try {
    Credential.acquireSync(options).close();
    return sspi.acquisitions[0]?.authData as ReturnType<typeof schannelAt>;
  } catch (error) {
    expect(sspi.acquisitions).toEqual([]);
    return (error as Error).message;
  }
}

const only = (restriction: TlsRestriction) => ({ restrictions: [restriction] });
const crypto = (count: number) => Array(count).fill({ usage: "digest", algorithm: "SHA1" });
const longest = "x".repeat(0x7ffe);

describe("as many of Schannel's options as it takes", () => {
  // SCH_CRED_MAX_SUPPORTED_… of schannel.h.
  const lists: readonly [name: string, most: number, options: (count: number) => unknown][] = [
    ["algorithms", 256, (count) => ({ algorithms: Array(count).fill(0x6610) })],
    [
      "restrictions",
      16,
      (count) => ({ restrictions: Array.from({ length: count }, () => ({ applicationProtocols: ["h2"] })) }),
    ],
    [
      "restrictions",
      15,
      (count) => ({
        protocols: ["tls1.3"],
        restrictions: Array.from({ length: count }, () => ({ applicationProtocols: ["h2"] })),
      }),
    ],
    [
      "restrictions[0].applicationProtocols",
      16,
      (count) => only({ applicationProtocols: Array<string>(count).fill("h2") }),
    ],
    ["restrictions[0].disabledAlgorithms", 16, (count) => only({ disabledAlgorithms: crypto(count) })],
    [
      "restrictions[0].disabledAlgorithms[0].chainingModes",
      16,
      (count) =>
        only({
          disabledAlgorithms: [{ usage: "cipher", algorithm: "AES", chainingModes: Array<string>(count).fill("x") }],
        }),
    ],
  ];

  it.each(lists)("are taken, and one more is refused: %s, at most %i", (name, most, options) => {
    expect(taken(options(most))).toBeTypeOf("object");
    expect(taken(options(most + 1))).toBe(`schannel.${name}: expected at most ${most}, got ${most + 1}`);
  });

  it("are taken, and one more is refused: certificates, at most 100", () => {
    const windows = new ScriptedCertificates([{ der: Buffer.from("alice"), container: "{alice}" }]);
    using alice = certificateOf(openPfx(windows.functions, Buffer.from("pfx"), "", {}));
    expect(taken({ certificates: Array<Certificate>(100).fill(alice) })).toMatchObject({ cCreds: 100 });
    expect(taken({ certificates: Array<Certificate>(101).fill(alice) })).toBe(
      "schannel.certificates: expected at most 100, got 101",
    );
  });

  it("are taken as texts of 32766 characters, whose length in bytes a UNICODE_STRING can count", () => {
    const named = (algorithm: string) => only({ disabledAlgorithms: [{ usage: "cipher", algorithm }] });
    const spoken = (name: string) => only({ applicationProtocols: [name] });
    expect(taken(spoken(longest))).toMatchObject({ pTlsParameters: [{ rgstrAlpnIds: [longest] }] });
    expect(taken(named(longest))).toMatchObject({ pTlsParameters: [{ pDisabledCrypto: [{ strCngAlgId: longest }] }] });
    expect(taken(spoken(`${longest}x`))).toMatch(/^schannel\.restrictions\[0\]\.applicationProtocols: .+ 32766 /);
    expect(taken(named(`${longest}x`))).toMatch(/^schannel\.restrictions\[0\]\.dis.+\[0\]\.algorithm: .+ 32766 /);
  });
});

describe("Schannel's options at their limits", () => {
  it("are taken: the lowest store, and numbers of 32 bits", () => {
    const most = 0xffff_ffff;
    const numbers = { sessionLifespan: most, minimumCipherStrength: most, maximumCipherStrength: most };
    expect(taken({ rootStore: 1n, algorithms: [most], ...numbers })).toMatchObject({
      hRootStore: 1n,
      palgSupportedAlgs: [most],
      dwSessionLifespan: most,
      dwMinimumCipherStrength: most,
      dwMaximumCipherStrength: most,
    });
  });

  it.each<[object, RegExp]>([
    [{ minimumCipherStrength: -1 }, /^schannel\.minimumCipherStrength: /],
    [{ maximumCipherStrength: 1.5 }, /^schannel\.maximumCipherStrength: /],
    [{ version: 5, maximumCipherStrength: 0 }, /^schannel\.maximumCipherStrength: SCH_CREDENTIALS \(version 5\)/],
    [{ version: 5, algorithms: [] }, /^schannel\.algorithms: SCH_CREDENTIALS/],
    [{ version: "5" }, /^schannel\.version: expected 4 or 5/],
    [only({ protocols: [] }), /^schannel\.restrictions\[0\]\.protocols: expected at least one protocol/],
    [only({ protocols: ["tls9"] as never }), /^schannel\.restrictions\[0\]\.protocols: /],
    [only({ applicationProtocols: "h2" as never }), /^schannel\.restrictions\[0\]\.applicationProtocols: expected an /],
    [only({ applicationProtocol: ["h2"] } as never), /^schannel\.restrictions\[0\]\.applicationProtocol: there is no/],
    [only(null as never), /^schannel\.restrictions\[0\]: expected /],
    ...[
      [{ usage: "digest", algorithm: "" }, "algorithm: expected a name"],
      [{ usage: "digest", algorithm: "A", minimumBits: -1 }, "minimumBits: "],
      [{ usage: "digest", algorithm: "A", maximumBits: "1" }, "maximumBits: "],
      [{ usage: "digest", algorithm: "A", chainingModes: [5] }, "chainingModes: expected a string"],
      [{ usage: "digest", algorithm: "A", bits: 5 }, ""],
    ].map(([disabled, message]): [object, RegExp] => [
      only({ disabledAlgorithms: [{ usage: "digest", algorithm: "B" }, disabled as never] }),
      new RegExp(`^schannel\\.restrictions\\[0\\]\\.disabledAlgorithms\\[1\\]\\.?${message}`),
    ]),
  ])("are refused by their names (%#)", (schannel, message) => {
    expect(taken(schannel)).toMatch(message);
  });

  it("are refused as version 5 where the provider reads version 4 alone, which is then the default", () => {
    const traits = { readsSchCredentials: false };
    expect(taken({ protocols: ["tls1.3"] }, "outbound", traits)).toBe(
      "schannel.version: scripted reads SCHANNEL_CRED (version 4) only",
    );
    expect(taken({ protocols: ["tls1.2"] }, "outbound", traits)).toMatchObject({ dwVersion: 4 });
    expect(taken({ protocols: ["tls1.3"], version: 4 }, "outbound", traits)).toMatchObject({ dwVersion: 4 });
  });
});

describe("a restriction for some application protocols", () => {
  it("disables the protocols that it does not name, for the credential's own side", () => {
    const restriction: TlsRestriction = { applicationProtocols: ["h2"], protocols: ["tls1.2", "tls1.3"] };
    const others = {
      ssl2: SP_PROT.ssl2Server,
      ssl3: SP_PROT.ssl3Server,
      one: SP_PROT.tls10Server,
      two: SP_PROT.tls11Server,
    };
    const datagrams = SP_PROT.dtls10Server | SP_PROT.dtls12Server;
    const disabled = Object.values(others).reduce((sum, bit) => sum | bit, datagrams) >>> 0;
    expect(taken(only(restriction), "inbound")).toMatchObject({
      pTlsParameters: [{ grbitDisabledProtocols: disabled, rgstrAlpnIds: ["h2"], cDisabledCrypto: 0, dwFlags: 0 }],
    });
    expect(taken(only({ ...restriction, optional: false }), "inbound")).toMatchObject({
      pTlsParameters: [{ dwFlags: 0 }],
    });
  });

  it("may stand beside one for all, and beside protocols", () => {
    const h2 = { applicationProtocols: ["h2"] };
    expect(taken({ restrictions: [h2, {}, h2] })).toMatchObject({ cTlsParameters: 3 });
    expect(taken({ protocols: ["tls1.3"], restrictions: [h2, h2] })).toMatchObject({ cTlsParameters: 3 });
  });
});
