import {
  SCH,
  SCH_CRED_MAX_SUPPORTED_ALGS,
  SCH_CRED_MAX_SUPPORTED_CERTS,
  SCH_CRED_MAX_SUPPORTED_PARAMETERS,
  type Sch,
} from "../../../generated/schannel/constants.ts";
import {
  checkUint,
  flagBits,
  highestAddress,
  type OptionNames,
  readOptions,
  shapeOf,
  shownWord,
} from "../../values/index.ts";
import { Certificate } from "../certificates/certificate.ts";
import { checkProtocols, type SchannelProtocol } from "./protocols.ts";
import { checkList, readRestriction, type TlsRestriction } from "./tls-restriction.ts";

/** Schannel's certificates, and the protocols and algorithms that it may use. */
export interface SchannelOptions {
  /** Certificates with private keys, the preferred one first; the credential keeps them alive. */
  readonly certificates?: readonly Certificate[];
  /** The only protocols that may be used; the system chooses by default. */
  readonly protocols?: readonly SchannelProtocol[];
  /** `SCH_CRED_*`, `SCH_USE_*` … by name: `"credManualCredValidation"`, `"useStrongCrypto"` … */
  readonly flags?: readonly Sch[];
  /** How long a session can be resumed, in milliseconds; ten hours by default. */
  readonly sessionLifespan?: number;
  /** `HCERTSTORE` of the roots that a server accepts for its clients' certificates. */
  readonly rootStore?: bigint;
  /**
   * The struct to use: 4 is `SCHANNEL_CRED`, which every Windows and Wine support; 5 is `SCH_CREDENTIALS`, which
   * Windows supports from 10 version 1809 on and requires for TLS 1.3. Version 5 is refused on Wine, which reads only
   * the certificates and flags from it, and therefore also uses disabled protocols. By default 5 if `"tls1.3"` or
   * `restrictions` are requested, else 4.
   */
  readonly version?: 4 | 5;
  /**
   * What is disabled, for all or for some application protocols; version 5 only. Schannel accepts only one restriction
   * for all application protocols. The option `protocols` is written as one; it can be given inside that restriction
   * instead.
   */
  readonly restrictions?: readonly TlsRestriction[];
  /** `ALG_ID`s that may be used; version 4 only. */
  readonly algorithms?: readonly number[];
  /** The minimum number of bits of a cipher; version 4 only. */
  readonly minimumCipherStrength?: number;
  /** The maximum number of bits of a cipher; version 4 only. */
  readonly maximumCipherStrength?: number;
}

const onlyInVersion4 = ["algorithms", "minimumCipherStrength", "maximumCipherStrength"] as const;

/** The version of the struct that the options are written as. */
export function schannelVersion({ version, protocols, restrictions }: SchannelOptions): 4 | 5 {
  return version ?? (restrictions !== undefined || protocols?.includes("tls1.3") ? 5 : 4);
}

const schannelNames: OptionNames<SchannelOptions> = {
  certificates: true,
  protocols: true,
  flags: true,
  sessionLifespan: true,
  rootStore: true,
  version: true,
  restrictions: true,
  algorithms: true,
  minimumCipherStrength: true,
  maximumCipherStrength: true,
};

/**
 * Returns a checked copy.
 *
 * @throws TypeError or RangeError naming the option, DisposedError for a closed certificate.
 */
export function readSchannel(given: SchannelOptions, argument: string): SchannelOptions {
  const copy = readOptions<SchannelOptions>(given, argument, schannelNames);
  const restrictions = copy.restrictions === undefined ? undefined : readRestrictions(copy, argument);
  const options = restrictions ? { ...copy, restrictions } : copy;
  const { certificates = [], protocols, flags, version, sessionLifespan, rootStore } = options;
  checkList(certificates, `${argument}.certificates`, SCH_CRED_MAX_SUPPORTED_CERTS).forEach((certificate, index) => {
    if (!(certificate instanceof Certificate))
      throw new TypeError(`${argument}.certificates[${index}]: expected a Certificate, got ${shapeOf(certificate)}`);
    certificate.address;
  });
  if (protocols !== undefined) checkProtocols(protocols, `${argument}.protocols`);
  if (flags !== undefined) flagBits(SCH, flags, `${argument}.flags`);
  if (sessionLifespan !== undefined) checkUint(sessionLifespan, `${argument}.sessionLifespan`);
  if (rootStore !== undefined) checkStore(rootStore, `${argument}.rootStore`);
  if (version !== undefined && version !== 4 && version !== 5)
    throw new RangeError(`${argument}.version: expected 4 or 5, got ${shownWord(version, [])}`);
  checkVersioned(options, argument);
  return options;
}

function readRestrictions({ restrictions, protocols }: SchannelOptions, argument: string): readonly TlsRestriction[] {
  // `protocols` is written as a restriction too, and counts as one.
  const most = SCH_CRED_MAX_SUPPORTED_PARAMETERS - (protocols ? 1 : 0);
  return checkList(restrictions, `${argument}.restrictions`, most).map((restriction, index) =>
    readRestriction(restriction as TlsRestriction, `${argument}.restrictions[${index}]`),
  );
}

function checkStore(store: unknown, argument: string): void {
  if (typeof store !== "bigint")
    throw new TypeError(`${argument}: expected an HCERTSTORE as a bigint, got ${typeof store}`);
  if (store <= 0n || store > highestAddress) throw new RangeError(`${argument}: expected an HCERTSTORE, got ${store}`);
}

function checkVersioned(options: SchannelOptions, argument: string): void {
  const { restrictions, algorithms = [], minimumCipherStrength, maximumCipherStrength } = options;
  const version = schannelVersion(options);
  if (version === 5) {
    const wrong = onlyInVersion4.find((name) => options[name] !== undefined);
    if (wrong) throw new RangeError(`${argument}.${wrong}: SCH_CREDENTIALS (version 5) does not have it`);
  } else if (restrictions !== undefined)
    throw new RangeError(`${argument}.restrictions: SCHANNEL_CRED (version 4) does not have them`);
  checkOnceForAll(options, argument);
  checkList(algorithms, `${argument}.algorithms`, SCH_CRED_MAX_SUPPORTED_ALGS).forEach((algorithm, index) => {
    checkUint(algorithm, `${argument}.algorithms[${index}]`);
  });
  if (minimumCipherStrength !== undefined) checkUint(minimumCipherStrength, `${argument}.minimumCipherStrength`);
  if (maximumCipherStrength !== undefined) checkUint(maximumCipherStrength, `${argument}.maximumCipherStrength`);
}

/** Refuses more than one restriction for all application protocols: Schannel accepts one such `TLS_PARAMETERS`. */
function checkOnceForAll({ protocols, restrictions = [] }: SchannelOptions, argument: string): void {
  let said = protocols && "are protocols";
  restrictions.forEach(({ applicationProtocols = [] }, index) => {
    if (applicationProtocols.length > 0) return;
    if (said)
      throw new RangeError(
        `${argument}.restrictions[${index}]: without applicationProtocols it is for all, as ${said}`,
      );
    said = `is restrictions[${index}]`;
  });
}
