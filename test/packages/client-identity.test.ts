import { describe, expect, it } from "vitest";
import { CREDSPP_SUBMIT_TYPE } from "../../generated/credssp/constants.ts";
import { CREDSSP_CRED } from "../../generated/credssp/structs.ts";
import { SCH_CREDENTIALS_VERSION, SCHANNEL_CRED_VERSION } from "../../generated/schannel/constants.ts";
import { SCH_CREDENTIALS, SCHANNEL_CRED, TLS_PARAMETERS } from "../../generated/schannel/structs.ts";
import {
  SEC_WINNT_AUTH_IDENTITY_ANSI,
  SEC_WINNT_AUTH_IDENTITY_UNICODE,
  SEC_WINNT_AUTH_IDENTITY_VERSION,
  SEC_WINNT_AUTH_IDENTITY_VERSION_2,
} from "../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_IDENTITY_EXW, SEC_WINNT_AUTH_IDENTITY_W } from "../../generated/sspi/structs.ts";
import { CERT_CONTEXT } from "../../generated/wincrypt/structs.ts";
import { hostAbi, pointer, pointerSize } from "../../src/ctypes/index.ts";
import { copyOut } from "../../src/native/index.ts";
import { identityAt, withIdentities } from "../../src/packages/author/client-identity.ts";
import type { SystemServices } from "../../src/packages/author/system-services.ts";
import { credentialsAt } from "../../src/packages/author/tls-credentials.ts";
import type { ReadableCredentials } from "../../src/packages.ts";
import { keptMemory } from "../interface/kept-memory.ts";

/** LSA's copy of the client's memory: no bytes of an address below any mapped one. */
const services = {
  fromClient: (address: bigint, size: number) =>
    Buffer.from(size === 0 ? new ArrayBuffer(0) : copyOut(address, size).buffer),
} as SystemServices;

const refused = expect.objectContaining({ code: "SEC_E_UNKNOWN_CREDENTIALS" });

type Texts = { readonly user?: string; readonly domain?: string; readonly password?: string };

/** A SEC_WINNT_AUTH_IDENTITY of a caller in C, of one of its four kinds. */
function identityOf({ user, domain, password }: Texts, { ansi = false, extended = false } = {}): bigint {
  const memory = keptMemory();
  const encoding = ansi ? "utf8" : "utf16le";
  const put = (text: string | undefined): readonly [bigint, number] => {
    if (text === undefined) return [0n, 9];
    const bytes = Buffer.from(text, encoding);
    // What is behind the counted text is not part of it.
    const at = BigInt(memory.bytes(Buffer.concat([bytes, Buffer.from("more", encoding)])).address);
    return [at, ansi ? bytes.length : bytes.length / 2];
  };
  const [User, UserLength] = put(user);
  const [Domain, DomainLength] = put(domain);
  const [Password, PasswordLength] = put(password);
  const Flags = ansi ? SEC_WINNT_AUTH_IDENTITY_ANSI : SEC_WINNT_AUTH_IDENTITY_UNICODE;
  const fields = { User, UserLength, Domain, DomainLength, Password, PasswordLength, Flags };
  if (!extended) return BigInt(memory.struct(SEC_WINNT_AUTH_IDENTITY_W, fields).address);
  const { size: Length } = SEC_WINNT_AUTH_IDENTITY_EXW.layouts[hostAbi];
  const Version = SEC_WINNT_AUTH_IDENTITY_VERSION;
  return BigInt(memory.struct(SEC_WINNT_AUTH_IDENTITY_EXW, { ...fields, Version, Length }).address);
}

const kinds = [false, true].flatMap((ansi) => [false, true].map((extended) => ({ ansi, extended })));

describe("an identity that a caller in C passes", () => {
  it.each(kinds)("is read by its counted lengths, ANSI: $ansi, extended: $extended", (kind) => {
    const identity = identityAt(services, identityOf({ user: "älice", domain: "HÄUS", password: "pässwörd€𝄞" }, kind));
    expect([identity?.user, identity?.domain, identity?.password]).toEqual(["älice", "HÄUS", "pässwörd€𝄞"]);
    expect(Buffer.from(identity?.passwordBytes ?? []).toString()).toBe("pässwörd€𝄞");
  });

  it.each(kinds)("has empty texts for NULL, whatever their length, ANSI: $ansi, extended: $extended", (kind) => {
    const identity = identityAt(services, identityOf({}, kind));
    expect([identity?.user, identity?.domain, identity?.password]).toEqual(["", "", ""]);
  });

  it("is undefined for NULL", () => {
    expect(identityAt(services, 0n)).toBeUndefined();
  });

  it.each([SEC_WINNT_AUTH_IDENTITY_VERSION_2, SCHANNEL_CRED_VERSION, SCH_CREDENTIALS_VERSION])(
    "is refused with SEC_E_UNKNOWN_CREDENTIALS if it begins with the version %i of another struct",
    (version) => {
      const room = keptMemory().allocate(128);
      room.view.setUint32(0, version, true);
      expect(() => identityAt(services, BigInt(room.address))).toThrow(refused);
    },
  );

  it("is refused with SEC_E_UNKNOWN_CREDENTIALS if a text's address is none, and nothing is read there", () => {
    for (const field of ["User", "Domain", "Password"] as const)
      for (const address of [1n, 0xffffn]) {
        const struct = { [field]: address, [`${field}Length`]: 4, Flags: SEC_WINNT_AUTH_IDENTITY_UNICODE };
        // The first field must not look like a version.
        const room = keptMemory().struct(SEC_WINNT_AUTH_IDENTITY_W, struct);
        expect(() => identityAt(services, BigInt(room.address))).toThrow(refused);
      }
  });

  it("loses its password when the package has answered, also when it throws, and zeroes its memory", () => {
    for (const fails of [false, true]) {
      const identity = identityAt(services, identityOf({ user: "alice", password: "secret" }));
      let bytes = new Uint8Array();
      const use = (): string => {
        bytes = identity?.passwordBytes as Uint8Array<ArrayBuffer>;
        expect(identity?.password).toBe("secret");
        if (fails) throw new RangeError("mine");
        return "answer";
      };
      const call = () => withIdentities([undefined, identity], use);
      if (fails) expect(call).toThrow("mine");
      else expect(call()).toBe("answer");
      expect([...bytes]).toEqual([0, 0, 0, 0, 0, 0]);
      expect(() => identity?.password).toThrow("identity.password: it is zeroed");
      expect(identity?.user).toBe("alice");
    }
  });
});

describe("credentials for TLS that a caller in C passes", () => {
  const both: readonly ReadableCredentials[] = ["SCHANNEL_CRED", "SCH_CREDENTIALS"];

  /** An array of CERT_CONTEXTs with these encoded certificates. */
  function certificates(...encoded: string[]): { readonly cCreds: number; readonly paCred: bigint } {
    const memory = keptMemory();
    const list = memory.allocate(encoded.length * pointerSize(hostAbi));
    encoded.forEach((text, index) => {
      const pbCertEncoded = BigInt(memory.bytes(Buffer.from(`${text}more`)).address);
      const context = memory.struct(CERT_CONTEXT, { pbCertEncoded, cbCertEncoded: text.length });
      pointer.set(list.view, index * pointerSize(hostAbi), BigInt(context.address), "context");
    });
    return { cCreds: encoded.length, paCred: BigInt(list.address) };
  }

  const old = (changes: object = {}) =>
    BigInt(keptMemory().struct(SCHANNEL_CRED, { dwVersion: SCHANNEL_CRED_VERSION, ...changes }).address);
  const current = (changes: object = {}) =>
    BigInt(keptMemory().struct(SCH_CREDENTIALS, { dwVersion: SCH_CREDENTIALS_VERSION, ...changes }).address);

  it("are SCHANNEL_CRED with its certificates, flags and enabled protocols", () => {
    const given = old({ ...certificates("one", "second"), dwFlags: 0x8, grbitEnabledProtocols: 0x800 });
    expect(credentialsAt(services, given, both)).toEqual({
      identity: undefined,
      credssp: undefined,
      schannel: {
        struct: "SCHANNEL_CRED",
        certificates: [Buffer.from("one"), Buffer.from("second")],
        flags: ["credManualCredValidation"],
        enabledProtocols: 0x800,
        disabledProtocols: 0,
      },
    });
  });

  it("are SCH_CREDENTIALS, whose TLS_PARAMETERS may be missing", () => {
    const memory = keptMemory();
    const pTlsParameters = BigInt(memory.struct(TLS_PARAMETERS, { grbitDisabledProtocols: 0x2000 }).address);
    const protocolsOf = (cTlsParameters: number) =>
      credentialsAt(services, current({ cTlsParameters, pTlsParameters: cTlsParameters ? pTlsParameters : 0n }), both)
        .schannel;
    expect(protocolsOf(1)).toMatchObject({ struct: "SCH_CREDENTIALS", certificates: [], disabledProtocols: 0x2000 });
    expect(protocolsOf(0)).toMatchObject({ disabledProtocols: 0, enabledProtocols: 0 });
  });

  it("are an identity if they are no struct of Schannel's, and refused if the package does not read theirs", () => {
    const identity = identityOf({ user: "alice" });
    for (const reads of [[], both]) {
      expect(credentialsAt(services, identity, reads)).toMatchObject({
        identity: { user: "alice" },
        schannel: undefined,
      });
      expect(credentialsAt(services, 0n, reads)).toEqual({
        identity: undefined,
        schannel: undefined,
        credssp: undefined,
      });
    }
    expect(() => credentialsAt(services, old(), ["SCH_CREDENTIALS"])).toThrow(refused);
    expect(() => credentialsAt(services, current(), ["SCHANNEL_CRED"])).toThrow(refused);
    expect(() => credentialsAt(services, old(), [])).toThrow(refused);
  });

  const { CredsspPasswordCreds, CredsspCertificateCreds, CredsspCredEx } = CREDSPP_SUBMIT_TYPE;
  const credssp = (Type: number, pSchannelCred: bigint, pSpnegoCred: bigint) => {
    const given = BigInt(keptMemory().struct(CREDSSP_CRED, { Type, pSchannelCred, pSpnegoCred }).address);
    return credentialsAt(services, given, ["CREDSSP_CRED"]);
  };

  it("are CREDSSP_CRED with both parts, of which each may be missing", () => {
    const identity = identityOf({ user: "alice" });
    expect(credssp(CredsspPasswordCreds, current(), identity)).toEqual({
      identity: undefined,
      schannel: undefined,
      credssp: {
        type: CredsspPasswordCreds,
        schannel: expect.objectContaining({ struct: "SCH_CREDENTIALS" }),
        spnego: expect.objectContaining({ user: "alice" }),
      },
    });
    expect(credssp(CredsspPasswordCreds, 0n, 0n).credssp).toEqual({
      type: CredsspPasswordCreds,
      schannel: undefined,
      spnego: undefined,
    });
  });

  it("are CREDSSP_CRED of another type without logon credentials, whose format is their own", () => {
    expect(credssp(CredsspCertificateCreds, old(), 5n).credssp).toEqual({
      type: CredsspCertificateCreds,
      schannel: expect.objectContaining({ struct: "SCHANNEL_CRED" }),
      spnego: undefined,
    });
    // The extended struct has other members in these places.
    expect(credssp(CredsspCredEx, 5n, 5n).credssp).toEqual({
      type: CredsspCredEx,
      schannel: undefined,
      spnego: undefined,
    });
  });

  it("are refused with SEC_E_UNKNOWN_CREDENTIALS if CREDSSP_CRED's part for TLS is no struct of Schannel's", () => {
    expect(() => credssp(CredsspPasswordCreds, identityOf({ user: "alice" }), 0n)).toThrow(refused);
  });
});
