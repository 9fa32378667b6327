import { SECQOP, type Secqop } from "../../generated/sspi/constants.ts";
import { checkKey, checkUint, type OptionNames, readOptions, shapeOf } from "../values/index.ts";

/**
 * A quality of protection (`fQOP`): `"wrapNoEncrypt"` (`SECQOP_WRAP_NO_ENCRYPT`, Kerberos' `KERB_WRAP_NO_ENCRYPT`)
 * signs a message that everybody may read, `"wrapOobData"` (`SECQOP_WRAP_OOB_DATA`) makes an alert of Schannel's. A
 * number is the package's own; 0 is what it does anyway.
 */
export type Quality = Secqop | number;

/** How a message is protected. */
export interface ProtectOptions {
  /** `fQOP`; 0 by default. */
  readonly quality?: Quality;
  /** `MessageSeqNo`, for datagram contexts: the peer gives the same. Other messages are numbered without it. */
  readonly sequence?: number;
}

/** How a signature is checked. */
export interface UnprotectOptions {
  /** `MessageSeqNo`, as the peer gave it. */
  readonly sequence?: number;
}

/** How a message is read. */
export interface DecryptOptions extends UnprotectOptions {
  /** Accept a message that the peer only signed (`SECQOP_WRAP_NO_ENCRYPT`): everybody could read it on its way. */
  readonly allowUnencrypted?: boolean;
}

/** Checked options of a message. */
export interface Protection {
  /** `fQOP` */
  readonly quality: number;
  /** `MessageSeqNo`, where the caller gives one. */
  readonly sequence: number | undefined;
}

/** Checked options of a message that is read. */
export interface Unprotection {
  readonly sequence: number | undefined;
  readonly allowUnencrypted: boolean;
}

const protectNames: OptionNames<ProtectOptions> = { quality: true, sequence: true };
const unprotectNames: OptionNames<UnprotectOptions> = { sequence: true };
const decryptNames: OptionNames<DecryptOptions> = { sequence: true, allowUnencrypted: true };

const defaultProtection: Protection = { quality: 0, sequence: undefined };
const defaultUnprotection: Unprotection = { sequence: undefined, allowUnencrypted: false };

// Options are read before any address is taken: a getter among them may do anything to the buffers.

/** @throws TypeError or RangeError naming the option that is wrong */
export function protectionOf(options: ProtectOptions | undefined): Protection {
  if (options === undefined) return defaultProtection;
  const { quality = 0, sequence } = readOptions<ProtectOptions>(options, "options", protectNames);
  const bits =
    typeof quality === "string" ? SECQOP[checkKey(quality, "quality", SECQOP)] : checkUint(quality, "quality");
  return { quality: bits, sequence: sequenceOf(sequence) };
}

/** @throws TypeError or RangeError naming the option that is wrong */
export function unprotectionOf(options: DecryptOptions | undefined, names = decryptNames): Unprotection {
  if (options === undefined) return defaultUnprotection;
  const { sequence, allowUnencrypted = false } = readOptions<DecryptOptions>(options, "options", names);
  if (typeof allowUnencrypted !== "boolean")
    throw new TypeError(`allowUnencrypted: expected a boolean, got ${shapeOf(allowUnencrypted)}`);
  return { sequence: sequenceOf(sequence), allowUnencrypted };
}

/** Of a message that is verified. @throws TypeError or RangeError naming the option that is wrong */
export function verificationOf(options: UnprotectOptions | undefined): Unprotection {
  return unprotectionOf(options, unprotectNames as OptionNames<DecryptOptions>);
}

function sequenceOf(sequence: number | undefined): number | undefined {
  return sequence === undefined ? undefined : checkUint(sequence, "sequence");
}
