import {
  eTlsAlgorithmUsage,
  SCH_CRED_MAX_SUPPORTED_ALPN_IDS,
  SCH_CRED_MAX_SUPPORTED_CHAINING_MODES,
  SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS,
} from "../../../generated/schannel/constants.ts";
import { checkArray, checkKey, checkText, checkUint, type OptionNames, readOptions } from "../../values/index.ts";
import { checkProtocols, type SchannelProtocol } from "./protocols.ts";

/** The uses of an algorithm. */
export const algorithmUsages = {
  keyExchange: eTlsAlgorithmUsage.TlsParametersCngAlgUsageKeyExchange,
  signature: eTlsAlgorithmUsage.TlsParametersCngAlgUsageSignature,
  cipher: eTlsAlgorithmUsage.TlsParametersCngAlgUsageCipher,
  digest: eTlsAlgorithmUsage.TlsParametersCngAlgUsageDigest,
  certificateSignature: eTlsAlgorithmUsage.TlsParametersCngAlgUsageCertSig,
} as const;

/** An algorithm that must not be used (`CRYPTO_SETTINGS`). */
export interface DisabledAlgorithm {
  /** The use that is forbidden. */
  readonly usage: keyof typeof algorithmUsages;
  /** Its name in CNG: `"AES"`, `"SHA1"`, `"RSA"`, `"ECDH"` … */
  readonly algorithm: string;
  /** The chaining modes that are forbidden: `"ChainingModeCBC"` … All of them by default. */
  readonly chainingModes?: readonly string[];
  /** Keys with fewer bits may not be used. */
  readonly minimumBits?: number;
  /** Keys with more bits may not be used. */
  readonly maximumBits?: number;
}

/** What a credential disables (`TLS_PARAMETERS`). */
export interface TlsRestriction {
  /** The ALPN protocols for which the restriction applies: `"h2"` … All connections by default. */
  readonly applicationProtocols?: readonly string[];
  /** The only protocols that may be used; all others are disabled. */
  readonly protocols?: readonly SchannelProtocol[];
  /** Algorithms that must not be used. */
  readonly disabledAlgorithms?: readonly DisabledAlgorithm[];
  /** Whether Schannel may ignore the restriction if it cannot apply it. */
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

/** Returns a checked copy. @throws TypeError, RangeError */
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
  checkShortText(algorithm, `${argument}.algorithm`);
  if (chainingModes !== undefined)
    checkTexts(chainingModes, `${argument}.chainingModes`, SCH_CRED_MAX_SUPPORTED_CHAINING_MODES);
  if (minimumBits !== undefined) checkUint(minimumBits, `${argument}.minimumBits`);
  if (maximumBits !== undefined) checkUint(maximumBits, `${argument}.maximumBits`);
  return disabled;
}

function checkTexts(list: unknown, argument: string, most: number): void {
  for (const text of checkList(list, argument, most)) checkShortText(text, argument);
}

/** Checks a text for a UNICODE_STRING, which stores its length in bytes in 16 bits. */
function checkShortText(text: unknown, argument: string): void {
  const { length } = checkText(text, argument, { empty: false });
  if (length > 0x7ffe) throw new RangeError(`${argument}: expected at most 32766 characters`);
}

/** A copy of an array, which is no longer than Schannel accepts. */
export function checkList(list: unknown, argument: string, most: number): readonly unknown[] {
  const copy = checkArray(list, argument);
  if (copy.length > most) throw new RangeError(`${argument}: expected at most ${most}, got ${copy.length}`);
  return copy;
}
