import type { Leg, StepOptions } from "../contexts/index.ts";
import { isSchannel } from "../credentials/index.ts";
import type { StreamRead } from "../messages/index.ts";
import type { CancelOptions } from "../values/index.ts";

/** What a stream asks of its context: client and server contexts both have it. */
export interface StreamContext {
  /** The package's name. */
  readonly package: string;
  readonly provider: { readonly traits: { readonly reportsClose: boolean } };
  step(token?: Uint8Array, options?: StepOptions): Promise<Leg>;
  encrypt(message: Uint8Array): Buffer;
  decryptStream(bytes: Uint8Array): StreamRead;
  reauthenticate(): void;
  /** Room in a record, in bytes. @throws SspiError where the package does not say */
  query(attribute: "streamSizes"): Readonly<Record<"cbHeader" | "cbMaximumMessage" | "cbTrailer", number>>;
  shutdown(options?: CancelOptions): Promise<Buffer>;
  close(): void;
}

/** `ContentType` of a TLS record that is an alert. */
const alert = 21;

/** Whether a record without data is the peer's close_notify, from a provider that reports it in no other way. */
export function isSilentClose({ package: name, provider }: StreamContext, record: Uint8Array): boolean {
  return !provider.traits.reportsClose && isSchannel(name) && record[0] === alert;
}
