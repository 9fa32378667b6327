import type { Leg, StepOptions } from "../contexts/index.ts";
import { isSchannel } from "../credentials/index.ts";
import type { StreamRead } from "../messages/index.ts";
import type { CancelOptions } from "../values/index.ts";

/** The part of a context that a stream uses; client and server contexts both have it. */
export interface StreamContext {
  /** The package's name. */
  readonly package: string;
  readonly provider: { readonly traits: { readonly reportsClose: boolean } };
  step(token?: Uint8Array, options?: StepOptions): Promise<Leg>;
  encrypt(message: Uint8Array): Buffer;
  decryptStream(bytes: Uint8Array): StreamRead;
  reauthenticate(): void;
  /** The sizes of a record's parts, in bytes. @throws SspiError if the package does not report them */
  query(attribute: "streamSizes"): Readonly<Record<"cbHeader" | "cbMaximumMessage" | "cbTrailer", number>>;
  shutdown(options?: CancelOptions): Promise<Buffer>;
  close(): void;
}

/** `ContentType` of a TLS record that is an alert. */
const alert = 21;

/** Whether a record without data is the peer's close_notify, from a provider that does not report it otherwise. */
export function isSilentClose({ package: name, provider }: StreamContext, record: Uint8Array): boolean {
  return !provider.traits.reportsClose && isSchannel(name) && record[0] === alert;
}
