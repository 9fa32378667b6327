import {
  DEFAULT_TLS_SSP_NAME_W,
  SCHANNEL_NAME_W,
  SSL3SP_NAME_W,
  TLS1SP_NAME_W,
  UNISP_NAME_W,
} from "../../generated/schannel/constants.ts";
import type { Leg } from "../contexts/index.ts";
import type { StreamRead } from "../messages/index.ts";

/** What a stream asks of its context: client and server contexts both have it. */
export interface StreamContext {
  /** The package's name. */
  readonly package: string;
  step(token?: Uint8Array): Promise<Leg>;
  encrypt(message: Uint8Array): Buffer;
  decryptStream(bytes: Uint8Array): StreamRead;
  reauthenticate(): void;
  shutdown(): Promise<Buffer>;
  close(): void;
}

/** Windows' TLS by all of its names; those of single protocols are kept for who knows no other. */
const tlsPackages: readonly string[] = [
  SCHANNEL_NAME_W,
  UNISP_NAME_W,
  DEFAULT_TLS_SSP_NAME_W,
  TLS1SP_NAME_W,
  SSL3SP_NAME_W,
].map((name) => name.toLowerCase());

/** Whether a package's records are those of TLS, and its peers have certificates. */
export function isTls(name: string): boolean {
  return tlsPackages.includes(name.toLowerCase());
}

/** `ContentType` of a TLS record that is an alert. */
const alert = 21;

/**
 * Whether a record without data is the peer's close_notify: Wine's Schannel says so of it in no other way. Windows
 * answers `SEC_I_CONTEXT_EXPIRED`, and an empty record of data is not an alert.
 */
export function isSilentClose(packageName: string, record: Uint8Array): boolean {
  return isTls(packageName) && record[0] === alert;
}
