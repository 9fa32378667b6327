import { LSA_UNICODE_STRING } from "../../generated/lsalookup/structs.ts";
import { CRYPTO_SETTINGS, SCH_CREDENTIALS, SCHANNEL_CRED, TLS_PARAMETERS } from "../../generated/schannel/structs.ts";
import { hostAbi, pointer, pointerSize, type Struct, u32 } from "../../src/ctypes/index.ts";
import { copyOut, readStruct } from "../../src/native/index.ts";

/** A `SCHANNEL_CRED` or `SCH_CREDENTIALS` as the package finds it, with its pointers followed. */
export function schannelAt(address: bigint): Record<string, unknown> {
  const version = new DataView(copyOut(address, 4).buffer).getUint32(0, true);
  if (version === 4) {
    const found = readStruct(SCHANNEL_CRED, address);
    return {
      ...found,
      paCred: pointersAt(found.paCred, found.cCreds),
      palgSupportedAlgs: numbersAt(found.palgSupportedAlgs, found.cSupportedAlgs),
    };
  }
  const found = readStruct(SCH_CREDENTIALS, address);
  const parameters = arrayAt(TLS_PARAMETERS, found.pTlsParameters, found.cTlsParameters);
  return {
    ...found,
    paCred: pointersAt(found.paCred, found.cCreds),
    pTlsParameters: parameters.map((one) => ({
      ...one,
      rgstrAlpnIds: textsAt(one.rgstrAlpnIds, one.cAlpnIds),
      pDisabledCrypto: arrayAt(CRYPTO_SETTINGS, one.pDisabledCrypto, one.cDisabledCrypto).map((crypto) => ({
        ...crypto,
        strCngAlgId: textOf(crypto.strCngAlgId),
        rgstrChainingModes: textsAt(crypto.rgstrChainingModes, crypto.cChainingModes),
      })),
    })),
  };
}

function arrayAt<T>(struct: Struct<T>, address: bigint, count: number): T[] {
  const { size } = struct.layouts[hostAbi];
  return Array.from({ length: count }, (_, index) => readStruct(struct, address + BigInt(index * size)));
}

function pointersAt(address: bigint, count: number): bigint[] {
  const size = pointerSize(hostAbi);
  const view = new DataView(copyOut(address, count * size).buffer);
  return Array.from({ length: count }, (_, index) => pointer.get(view, index * size));
}

function numbersAt(address: bigint, count: number): number[] {
  const view = new DataView(copyOut(address, count * 4).buffer);
  return Array.from({ length: count }, (_, index) => u32.get(view, index * 4));
}

function textsAt(address: bigint, count: number): string[] {
  return arrayAt(LSA_UNICODE_STRING, address, count).map(textOf);
}

/** The string's text; a NUL has to follow it within MaximumLength. */
function textOf({ Length, MaximumLength, Buffer: at }: LSA_UNICODE_STRING): string {
  const text = Buffer.from(copyOut(at, MaximumLength)).toString("utf16le");
  if (text.slice(Length / 2) !== "\0") throw new Error(`not ended by a NUL: ${JSON.stringify(text)}`);
  return text.slice(0, Length / 2);
}
