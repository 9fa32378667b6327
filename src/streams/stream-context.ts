import type { Leg } from "../contexts/index.ts";
import { isSchannel } from "../credentials/index.ts";
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

/** `ContentType` of a TLS record that is an alert. */
const alert = 21;

/**
 * Whether a record without data is the peer's close_notify: Wine's Schannel says so of it in no other way. Windows
 * answers `SEC_I_CONTEXT_EXPIRED`, and an empty record of data is not an alert.
 */
export function isSilentClose(packageName: string, record: Uint8Array): boolean {
  return isSchannel(packageName) && record[0] === alert;
}
