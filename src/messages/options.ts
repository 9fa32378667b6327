import { SECQOP, type Secqop } from "../../generated/sspi/constants.ts";
import { checkKey, checkUint, type OptionNames, readOptions, shapeOf } from "../values/index.ts";

/**
 * A quality of protection (`fQOP`): `"wrapNoEncrypt"` (`SECQOP_WRAP_NO_ENCRYPT`, Kerberos' `KERB_WRAP_NO_ENCRYPT`)
 * signs a message without encrypting it, `"wrapOobData"` (`SECQOP_WRAP_OOB_DATA`) makes a Schannel alert. A number is a
 * value that the package defines; 0 is its default.
 */
export type Quality = Secqop | number;

/** How a message is protected. */
export interface ProtectOptions {
  /** `fQOP`; 0 by default. */
  readonly quality?: Quality;
  /**
   * `MessageSeqNo`, for datagram contexts: the peer has to pass the same number. Other contexts number messages
   * automatically.
   */
  readonly sequence?: number;
}

/** How a signature is checked. */
export interface UnprotectOptions {
  /** `MessageSeqNo`, the number that the peer used. */
  readonly sequence?: number;
}

/** How a message is read. */
export interface DecryptOptions extends UnprotectOptions {
  /** Accept a message that the peer only signed (`SECQOP_WRAP_NO_ENCRYPT`): everybody on the network could read it. */
  readonly allowUnencrypted?: boolean;
}

/** Checked options of a message. */
export interface Protection {
  /** `fQOP` */
  readonly quality: number;
  /** `MessageSeqNo`, if the caller passes one. */
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

// Options are read before any buffer address is taken, because a getter in them may detach or change the buffers.

/** @throws TypeError or RangeError naming the option that is wrong */
export function protectionOf(options: ProtectOptions | undefined): Protection {
  return options === undefined ? defaultProtection : readProtection(options);
}

function readProtection(options: ProtectOptions): Protection {
  const { quality = 0, sequence } = readOptions<ProtectOptions>(options, "options", protectNames);
  const bits =
    typeof quality === "string" ? SECQOP[checkKey(quality, "quality", SECQOP)] : checkUint(quality, "quality");
  return { quality: bits, sequence: sequenceOf(sequence) };
}

/** @throws TypeError or RangeError naming the option that is wrong */
export function unprotectionOf(options: DecryptOptions | undefined): Unprotection {
  return options === undefined ? defaultUnprotection : readUnprotection(options, decryptNames);
}

function readUnprotection(options: DecryptOptions, names: OptionNames<DecryptOptions>): Unprotection {
  const { sequence, allowUnencrypted = false } = readOptions<DecryptOptions>(options, "options", names);
  if (typeof allowUnencrypted !== "boolean")
    throw new TypeError(`allowUnencrypted: expected a boolean, got ${shapeOf(allowUnencrypted)}`);
  return { sequence: sequenceOf(sequence), allowUnencrypted };
}

/** Reads the options of a verification. @throws TypeError or RangeError naming the option that is wrong */
export function verificationOf(options: UnprotectOptions | undefined): Unprotection {
  if (options === undefined) return defaultUnprotection;
  return readUnprotection(options, unprotectNames as OptionNames<DecryptOptions>);
}

function sequenceOf(sequence: number | undefined): number | undefined {
  return sequence === undefined ? undefined : checkUint(sequence, "sequence");
}
