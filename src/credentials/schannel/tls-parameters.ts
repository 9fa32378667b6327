import { LSA_UNICODE_STRING } from "../../../generated/lsalookup/structs.ts";
import { TLS_PARAMS } from "../../../generated/schannel/constants.ts";
import { CRYPTO_SETTINGS, TLS_PARAMETERS } from "../../../generated/schannel/structs.ts";
import { hostAbi, type Struct } from "../../ctypes/index.ts";
import { type Arena, writeWideString } from "../../memory/index.ts";
import type { CredentialUse } from "../credential-use.ts";
import { disabledProtocols } from "./protocols.ts";
import { algorithmUsages, type DisabledAlgorithm, type TlsRestriction } from "./tls-restriction.ts";

/** Writes an array of `TLS_PARAMETERS` and what they point to, and returns its address; 0 for none. */
export function writeTlsParameters(arena: Arena, restrictions: readonly TlsRestriction[], use: CredentialUse): bigint {
  return writeArray(
    arena,
    TLS_PARAMETERS,
    restrictions.map((restriction) => tlsParameters(arena, restriction, use)),
  );
}

function tlsParameters(arena: Arena, restriction: TlsRestriction, use: CredentialUse): TLS_PARAMETERS {
  const { applicationProtocols = [], protocols, disabledAlgorithms = [], optional = false } = restriction;
  return {
    cAlpnIds: applicationProtocols.length,
    rgstrAlpnIds: writeTexts(arena, applicationProtocols),
    grbitDisabledProtocols: protocols ? disabledProtocols(protocols, use) : 0,
    cDisabledCrypto: disabledAlgorithms.length,
    pDisabledCrypto: writeArray(
      arena,
      CRYPTO_SETTINGS,
      disabledAlgorithms.map((disabled) => cryptoSettings(arena, disabled)),
    ),
    dwFlags: optional ? TLS_PARAMS.optional : 0,
  };
}

function cryptoSettings(arena: Arena, disabled: DisabledAlgorithm): CRYPTO_SETTINGS {
  const { usage, algorithm, chainingModes = [], minimumBits = 0, maximumBits = 0 } = disabled;
  return {
    eAlgorithmUsage: algorithmUsages[usage],
    strCngAlgId: unicodeString(arena, algorithm),
    cChainingModes: chainingModes.length,
    rgstrChainingModes: writeTexts(arena, chainingModes),
    dwMinBitLength: minimumBits,
    dwMaxBitLength: maximumBits,
  };
}

function writeTexts(arena: Arena, texts: readonly string[]): bigint {
  return writeArray(
    arena,
    LSA_UNICODE_STRING,
    texts.map((text) => unicodeString(arena, text)),
  );
}

function unicodeString(arena: Arena, text: string): LSA_UNICODE_STRING {
  const { size, address } = writeWideString(arena, text);
  return { Length: size - 2, MaximumLength: size, Buffer: BigInt(address) };
}

function writeArray<T>(arena: Arena, struct: Struct<T>, values: readonly T[]): bigint {
  if (values.length === 0) return 0n;
  const { size } = struct.layouts[hostAbi];
  const room = arena.allocate(values.length * size);
  values.forEach((value, index) => {
    struct.write(room.arena.view, value, room.offset + index * size);
  });
  return BigInt(room.address);
}
