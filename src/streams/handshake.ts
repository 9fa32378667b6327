import { repeatsMessage, type StepOptions } from "../contexts/index.ts";
import { isSchannel } from "../credentials/index.ts";
import { SspiError } from "../status/index.ts";
import type { StreamContext } from "./stream-context.ts";
import { SecureStreamError } from "./stream-error.ts";
import type { Transport } from "./transport.ts";

/** Has the context use what the peer asks for, where there is something. */
export type CredentialSelection = () => Promise<void>;

/** Where a leg of Schannel fails without a token, this has what the peer is to be told; room for any record of an alert. */
const withAlert: StepOptions = { output: [{ type: "alert", size: 256 }] };

/**
 * Legs until the context is complete. `first` is what the first leg takes: undefined where this side begins, and what
 * came after the peer's request where that asked for a new handshake.
 *
 * @param signal ends the waiting for a leg.
 * @returns the bytes that came after the handshake's last message.
 * @throws SecureStreamError `SSPI_RENEGOTIATION` where the package waits for what the peer will never send.
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
    // Whoever chooses may never do so.
    if (leg.status === "incomplete-credentials" && select) await transport.during(select());
    // The context has kept the message: it goes on with what it has to offer now.
    if (repeatsMessage(leg)) input = undefined;
    else input = leg.extra ?? (await receive(transport));
  }
}

/** What a failed leg made for the peer. */
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
