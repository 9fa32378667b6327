import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certificateOf } from "../../src/credentials/certificates/certificate.ts";
import { openPem } from "../../src/credentials/certificates/open-pem.ts";
import { openPfx } from "../../src/credentials/certificates/open-pfx.ts";
import { identityOf } from "../../src/credentials/identities/auth-identity.ts";
import { keepIdentity } from "../../src/credentials/identities/kept-identity.ts";
import { encodeIdentity } from "../../src/credentials/identities/make-identity.ts";
import { type AnyIdentity, Credential, type Secret } from "../../src/index.ts";
import { copyOut } from "../../src/native/index.ts";
import { anyCharacter } from "../any-character.ts";
import { keepArenas } from "../memory/kept-arenas.ts";
import { scripted } from "../scripted/scripted.ts";
import { ScriptedCertificates } from "../scripted/scripted-certificates.ts";
import { ScriptedIdentities } from "../scripted/scripted-identities.ts";
import {
  credsspAt,
  extendedIdentityAt,
  identityAt,
  packedIdentityAt,
  packedPassword,
} from "../scripted/scripted-identity.ts";
import { rsaCertificate, rsaKey } from "./pem.ts";

/** Text that UTF-8 can say: no lone surrogates; and no NUL, which ends a string early. */
const texts = fc.string({ unit: anyCharacter, maxLength: 60 }).filter((text) => !text.includes("\0"));

function acquire(options: Record<string, unknown>, authData: (address: bigint) => unknown): unknown {
  const sspi = scripted({ authData });
  const shared = { package: "Scripted", use: "outbound", provider: sspi.provider } as const;
  Credential.acquireSync({ ...shared, ...options }).close();
  return sspi.acquisitions[0]?.authData;
}

/** Each way to pass a secret, and what the native side finds there. */
const ways: Readonly<Record<string, (secret: Secret) => unknown>> = {
  "an identity": (password) =>
    acquire({ identity: { user: "alice", password } }, (address) => identityAt(address)?.password),
  "an identity with a package list": (password) =>
    acquire(
      { identity: { user: "alice", password, packageList: "!ntlm" } },
      (address) => extendedIdentityAt(address)["password"],
    ),
  "a packed identity": (password) =>
    acquire({ identity: { packedCredentials: { type: "password", password } } }, (address) =>
      packedPassword(packedIdentityAt(address)["data"] as Uint8Array),
    ),
  "CredSSP's identity": (password) =>
    acquire({ credssp: { spnego: { user: "alice", password } } }, (address) =>
      identityAt(credsspAt(address).pSpnegoCred),
    ) as { password: string },
  "AuthIdentity.encode()": (packedCredentials) => {
    const windows = new ScriptedIdentities();
    using identity = identityOf(encodeIdentity(windows.functions, { user: "alice", packedCredentials }));
    return identity.strings({ secret: true }).packedCredentials;
  },
  "Certificate.fromPfx()": (password) => {
    const windows = new ScriptedCertificates([{ der: Buffer.from("alice's"), container: "{alice}" }]);
    certificateOf(openPfx(windows.functions, Buffer.from("a PFX"), password, {})).close();
    return windows.calls[0]?.replace(/^PFXImportCertStore a PFX /, "").replace(/ \d+$/, "");
  },
};

const found = (way: (secret: Secret) => unknown, secret: Secret): unknown => {
  const value = way(secret);
  return typeof value === "object" && value !== null ? (value as { password: string }).password : value;
};

describe("a secret in bytes", () => {
  it.each(Object.entries(ways))("E5 of %s is read as UTF-8 text, and its bytes stay the caller's", (_, way) => {
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = Buffer.from(text);
        expect(found(way, bytes)).toBe(text);
        expect(bytes.toString()).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it.each(Object.entries(ways))("E5 of %s that is not UTF-8 is refused by name, and not shown", (_, way) => {
    const wrong: readonly [number[], RegExp][] = [
      [[0x68, 0x75, 0x6e, 0x74, 0xff], /: expected valid UTF-8$/],
      [[0x68, 0x75, 0x6e, 0x74, 0xc3], /: expected valid UTF-8$/],
      [[0xc0, 0x80, 0x68, 0x75, 0x6e, 0x74], /: expected valid UTF-8$/],
      [[0xed, 0xa0, 0x80, 0x68, 0x75, 0x6e, 0x74], /: expected valid UTF-8$/],
      [[0xf4, 0x90, 0x80, 0x80, 0x68, 0x75, 0x6e, 0x74], /: expected valid UTF-8$/],
      [[0x68, 0x75, 0x6e, 0x74, 0], /: expected UTF-8 without NUL characters$/],
    ];
    for (const [bytes, message] of wrong) {
      const refuse = () => way(Uint8Array.from(bytes));
      expect(refuse).toThrow(message);
      try {
        refuse();
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        expect(inspect(error, { showHidden: true, depth: 8 })).not.toMatch(/hunt|68 75 6e 74|104, 117/);
      }
    }
  });

  it("E5 may be zeroed as soon as acquire() has returned its promise", async () => {
    const sspi = scripted({ authData: (address) => identityAt(address)?.password });
    const password = Buffer.from("hunter2-☂");
    const options = { package: "Scripted", use: "outbound", provider: sspi.provider } as const;
    const acquiring = Credential.acquire({ ...options, identity: { user: "alice", password } });
    password.fill(0);
    (await acquiring).close();
    expect(sspi.acquisitions[0]?.authData).toBe("hunter2-☂");
  });

  it("E6 is zeroed in the library's memory after the call", () => {
    keepArenas();
    const places: [bigint, number][] = [];
    const note = (address: bigint): void => {
      for (const { address: at, size } of identityAt(address)?.places ?? []) places.push([at, size]);
      expect(places.map(([at, size]) => Buffer.from(copyOut(at, size)).toString("utf16le"))).toContain("hunter2");
    };
    acquire({ identity: { user: "alice", password: Buffer.from("hunter2") } }, note);
    expect(places.length).toBe(4);
    for (const [at, size] of places) expect(Buffer.from(copyOut(at, size))).toEqual(Buffer.alloc(size));
  });

  it("E5 of a private key in PEM makes the same certificate as its text", () => {
    const imported = [rsaKey, Buffer.from(rsaKey)].map((key) => {
      const windows = new ScriptedCertificates([]);
      certificateOf(openPem(windows.functions, Buffer.from(rsaCertificate), key, {})).close();
      return windows.blobs[0];
    });
    expect(imported[0]?.length).toBeGreaterThan(1000);
    expect(imported[0]).toEqual(imported[1]);
  });
});

describe("an identity that is kept to log on with again", () => {
  const secret = "hunter2-geheim";
  it.each([
    [(password: Uint8Array): AnyIdentity => ({ user: "alice", password })],
    [(password: Uint8Array): AnyIdentity => ({ packedCredentials: { type: "password", password } })],
    [(data: Uint8Array): AnyIdentity => ({ packedCredentials: { type: "keytab", data } })],
  ])("E2 has a copy of its secret in an ArrayBuffer of its own, zeroed once it is wiped (%#)", (make) => {
    const given = Buffer.from(secret);
    const kept = keepIdentity(make(given), "identity");
    given.fill(0);
    const { identity } = kept;
    const bytes = secretOf(identity);
    expect([bytes.toString(), bytes.buffer.byteLength]).toEqual([secret, secret.length]);
    kept.wipe();
    expect(bytes).toEqual(Buffer.alloc(secret.length));
  });
});

function secretOf(identity: AnyIdentity): Buffer {
  if ("password" in identity) return viewOf(identity.password as Uint8Array);
  if (!("packedCredentials" in identity)) throw new Error("an identity without a secret");
  const { packedCredentials: packed } = identity;
  return viewOf(("data" in packed ? packed.data : packed.password) as Uint8Array);
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
