import { repeatsMessage, type StepOptions } from "../contexts/index.ts";
import { isSchannel } from "../credentials/index.ts";
import { SspiError } from "../status/index.ts";
import type { StreamContext } from "./stream-context.ts";
import { SecureStreamError } from "./stream-error.ts";
import type { Transport } from "./transport.ts";

/** Makes the context use the credential that the peer asks for, if there is one. */
export type CredentialSelection = () => Promise<void>;

/**
 * If a leg of Schannel fails without a token, this buffer receives the alert for the peer; it is large enough for any
 * alert record.
 */
const withAlert: StepOptions = { output: [{ type: "alert", size: 256 }] };

/**
 * Makes legs until the context is complete. `first` is the input of the first leg: undefined if this side begins, or
 * the bytes after the peer's request if the peer asked for a new handshake.
 *
 * @param signal aborts the waiting for a leg.
 * @returns the bytes that came after the handshake's last message.
 * @throws SecureStreamError `SSPI_RENEGOTIATION` if the package waits for a message that the peer will never send.
 */
export async function handshake(
  context: StreamContext,
  transport: Transport,
  first: Uint8Array | undefined,
  select: CredentialSelection | undefined,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const options: StepOptions = { signal, ...(isSchannel(context.package) && withAlert) };
  let input = first;
  for (;;) {
    const leg = await context.step(input, options);
    if (leg.token && leg.token.length > 0) await transport.write(leg.token);
    if (leg.status === "complete") return leg.extra ?? new Uint8Array();
    if (leg.status === "incomplete-message" && input?.length === 0) throw unableToBegin(context);
    // Stop waiting if the transport fails: the caller's selection may never settle.
    if (leg.status === "incomplete-credentials" && select) await transport.during(select());
    // The context has kept the message, and continues with the credential that it has now.
    if (repeatsMessage(leg)) input = undefined;
    else input = leg.extra ?? (await receive(transport));
  }
}

/** The token of a failed leg, which tells the peer about the failure. */
export function farewellOf(error: unknown): Uint8Array | undefined {
  return error instanceof SspiError ? error.token : undefined;
}

function unableToBegin(context: StreamContext): SecureStreamError {
  const message = `the peer asked for a new handshake, and ${context.package} does not begin one`;
  return new SecureStreamError("SSPI_RENEGOTIATION", message);
}

async function receive(transport: Transport): Promise<Buffer> {
  const bytes = await transport.read();
  if (bytes) return bytes;
  throw new SecureStreamError("SSPI_TRUNCATED", "the transport ended during the handshake");
}
