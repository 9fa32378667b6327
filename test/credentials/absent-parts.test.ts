import { describe, expect, it } from "vitest";
import { CRYPTO_SETTINGS, SCH_CREDENTIALS, SCHANNEL_CRED, TLS_PARAMETERS } from "../../generated/schannel/structs.ts";
import { SEC_WINNT_AUTH_IDENTITY_EX2 } from "../../generated/sspi/structs.ts";
import type { Struct } from "../../src/ctypes/index.ts";
import { Credential, type CredentialOptions } from "../../src/index.ts";
import { readStruct } from "../../src/native/index.ts";
import { scripted } from "../scripted/scripted.ts";

/** Reads the struct at `pAuthData` during the call. */
function read<T>(options: Partial<CredentialOptions>, at: (address: bigint) => T): T {
  const seen: T[] = [];
  const { provider } = scripted({ authData: (address) => seen.push(at(address)) });
  Credential.acquireSync({ package: "Scripted", use: "outbound", provider, ...options }).close();
  return seen[0] as T;
}

const as =
  <T>(struct: Struct<T>) =>
  (address: bigint): T =>
    readStruct(struct, address);

describe("a list that has no entries", () => {
  it("is NULL in Schannel's structs, where a package may look at the pointer alone", () => {
    for (const schannel of [{}, { certificates: [], algorithms: [] }])
      expect(read({ schannel }, as(SCHANNEL_CRED))).toMatchObject({ paCred: 0n, palgSupportedAlgs: 0n });
    const none = read({ schannel: { version: 5 } }, as(SCH_CREDENTIALS));
    expect(none).toMatchObject({ paCred: 0n, pTlsParameters: 0n });
    const parameters = (address: bigint) => as(TLS_PARAMETERS)(as(SCH_CREDENTIALS)(address).pTlsParameters);
    const one = read({ schannel: { protocols: ["tls1.3"] } }, parameters);
    expect(one).toMatchObject({ rgstrAlpnIds: 0n, pDisabledCrypto: 0n });
    const restrictions = [{ disabledAlgorithms: [{ usage: "cipher", algorithm: "AES" }] }] as const;
    const crypto = (address: bigint) => as(CRYPTO_SETTINGS)(parameters(address).pDisabledCrypto);
    expect(read({ schannel: { restrictions } }, crypto)).toMatchObject({ cChainingModes: 0, rgstrChainingModes: 0n });
  });
});

describe("a text that is empty", () => {
  it("has no place in a packed identity: its offset is 0, as the others' are not", () => {
    const packedCredentials = { type: "fido", data: Buffer.of(1) } as const;
    const offsets = (identity: object) => {
      const options = { identity: { packedCredentials, ...identity } };
      const { UserOffset, DomainOffset, PackageListOffset } = read(options, as(SEC_WINNT_AUTH_IDENTITY_EX2));
      return [UserOffset, DomainOffset, PackageListOffset].map((offset) => offset !== 0);
    };
    expect(offsets({})).toEqual([false, false, false]);
    expect(offsets({ user: "", domain: "d" })).toEqual([false, true, false]);
    expect(offsets({ user: "u", domain: "", packageList: "p" })).toEqual([true, false, true]);
  });
});
