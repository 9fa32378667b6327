import {
  eTlsAlgorithmUsage,
  SCH_CRED_MAX_SUPPORTED_ALPN_IDS,
  SCH_CRED_MAX_SUPPORTED_CHAINING_MODES,
  SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS,
} from "../../../generated/schannel/constants.ts";
import { checkKey, checkText, checkUint, type OptionNames, readOptions } from "../../values/index.ts";
import { checkProtocols, type SchannelProtocol } from "./protocols.ts";

/** What an algorithm is used for. */
export const algorithmUsages = {
  keyExchange: eTlsAlgorithmUsage.TlsParametersCngAlgUsageKeyExchange,
  signature: eTlsAlgorithmUsage.TlsParametersCngAlgUsageSignature,
  cipher: eTlsAlgorithmUsage.TlsParametersCngAlgUsageCipher,
  digest: eTlsAlgorithmUsage.TlsParametersCngAlgUsageDigest,
  certificateSignature: eTlsAlgorithmUsage.TlsParametersCngAlgUsageCertSig,
} as const;

/** An algorithm that may not be used (`CRYPTO_SETTINGS`). */
export interface DisabledAlgorithm {
  /** What the algorithm may not be used for. */
  readonly usage: keyof typeof algorithmUsages;
  /** Its name in CNG: `"AES"`, `"SHA1"`, `"RSA"`, `"ECDH"` … */
  readonly algorithm: string;
  /** Only with these chaining modes: `"ChainingModeCBC"` … All of them where left out. */
  readonly chainingModes?: readonly string[];
  /** Keys with fewer bits may not be used. */
  readonly minimumBits?: number;
  /** Keys with more bits may not be used. */
  readonly maximumBits?: number;
}

/** What a credential switches off (`TLS_PARAMETERS`). */
export interface TlsRestriction {
  /** Only where one of these protocols of ALPN is agreed on: `"h2"` … Always where left out. */
  readonly applicationProtocols?: readonly string[];
  /** The only protocols that may be used; all others are switched off. */
  readonly protocols?: readonly SchannelProtocol[];
  /** Algorithms that may not be used. */
  readonly disabledAlgorithms?: readonly DisabledAlgorithm[];
  /** Whether Schannel may ignore the restriction where it cannot follow it. */
  readonly optional?: boolean;
}

const restrictionNames: OptionNames<TlsRestriction> = {
  applicationProtocols: true,
  protocols: true,
  disabledAlgorithms: true,
  optional: true,
};
const algorithmNames: OptionNames<DisabledAlgorithm> = {
  usage: true,
  algorithm: true,
  chainingModes: true,
  minimumBits: true,
  maximumBits: true,
};

/** A checked copy. @throws TypeError, RangeError */
export function readRestriction(given: TlsRestriction, argument: string): TlsRestriction {
  const restriction = readOptions<TlsRestriction>(given, argument, restrictionNames);
  const { applicationProtocols, protocols, disabledAlgorithms = [], optional } = restriction;
  if (applicationProtocols !== undefined)
    checkTexts(applicationProtocols, `${argument}.applicationProtocols`, SCH_CRED_MAX_SUPPORTED_ALPN_IDS);
  if (protocols !== undefined) checkProtocols(protocols, `${argument}.protocols`);
  if (optional !== undefined && typeof optional !== "boolean")
    throw new TypeError(`${argument}.optional: expected a boolean, got ${typeof optional}`);
  const named = `${argument}.disabledAlgorithms`;
  const list = checkList(disabledAlgorithms, named, SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS);
  const read = list.map((disabled, index) => readAlgorithm(disabled as DisabledAlgorithm, `${named}[${index}]`));
  return { ...restriction, disabledAlgorithms: read };
}

function readAlgorithm(given: DisabledAlgorithm, argument: string): DisabledAlgorithm {
  const disabled = readOptions<DisabledAlgorithm>(given, argument, algorithmNames);
  const { usage, algorithm, chainingModes, minimumBits, maximumBits } = disabled;
  checkKey(usage, `${argument}.usage`, algorithmUsages);
  checkText(algorithm, `${argument}.algorithm`, { empty: false });
  if (chainingModes !== undefined)
    checkTexts(chainingModes, `${argument}.chainingModes`, SCH_CRED_MAX_SUPPORTED_CHAINING_MODES);
  if (minimumBits !== undefined) checkUint(minimumBits, `${argument}.minimumBits`);
  if (maximumBits !== undefined) checkUint(maximumBits, `${argument}.maximumBits`);
  return disabled;
}

function checkTexts(list: unknown, argument: string, most: number): void {
  for (const text of checkList(list, argument, most)) {
    checkText(text, argument, { empty: false });
    // A UNICODE_STRING counts its bytes in sixteen bits.
    if ((text as string).length > 0x7ffe) throw new RangeError(`${argument}: expected at most 32766 characters`);
  }
}

/** An array that is no longer than Schannel takes. */
export function checkList(list: unknown, argument: string, most: number): readonly unknown[] {
  if (!Array.isArray(list)) throw new TypeError(`${argument}: expected an array, got ${typeof list}`);
  if (list.length > most) throw new RangeError(`${argument}: expected at most ${most}, got ${list.length}`);
  return list;
}
