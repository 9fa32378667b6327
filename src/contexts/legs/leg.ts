import type { StatusCode } from "../../status/index.ts";
import type { LegOutcome } from "./leg-call.ts";
import type { LegOutput } from "./leg-output.ts";

interface LegFacts {
  /** The status by name: `"SEC_I_CONTINUE_NEEDED"`. */
  readonly code: StatusCode;
  /** Input bytes after the token that the package did not take: they belong to the next message. */
  readonly extra?: Buffer;
  /** The outputs that the step asked for. */
  readonly output?: readonly LegOutput[];
}

/**
 * The result of one leg of an exchange.
 *
 * - `continue`: send `token` to the peer (it may be empty) and step again with the answer. `code` is
 *   `SEC_I_CONTINUE_NEEDED_MESSAGE_OK` where the package took a whole message (`messages`) and waits for the next one.
 * - `complete`: the exchange is done; if there is a `token`, the peer still needs it.
 * - `incomplete-message`: the peer's message is incomplete. Step again with the bytes that follow; the earlier bytes
 *   are kept. `missing` is the package's hint of how many bytes are missing, if it gives one.
 * - `incomplete-credentials`: the server asks for a client certificate that the credential does not have;
 *   `query("issuerList")` lists the accepted issuers. Send `token` if there is one, give the context another credential
 *   (`useCredential`) or keep the current one, and step again without a token: the peer's message was kept and is fed
 *   to the package again.
 * - `extension-received`: the peer sent extensions that `subscribeGenericTlsExtension` asked for, and `output` contains
 *   them if the step asked for them by the same name. Step again without a token: the peer's message was kept and is
 *   fed to the package again, with the context's `buffers`. The caller has to give the step's own buffers again.
 * - `output-too-small`: an extension is longer than the room that the step gave it, and needs `needed` bytes. Step
 *   again without a token and with that much room.
 */
export type Leg =
  | (LegFacts & {
      /** What to do next: `continue` sends the token and steps again with the answer, `complete` is done. */
      readonly status: "continue";
      /** The token to send to the peer; it may be empty. */
      readonly token: Buffer;
    })
  | (LegFacts & { readonly status: "complete"; readonly token?: Buffer })
  | (LegFacts & {
      readonly status: "incomplete-message";
      /** The package's lower bound of how many bytes of the peer's message are missing, if it reports one. */
      readonly missing?: number;
      readonly token?: never;
    })
  | (LegFacts & { readonly status: "incomplete-credentials"; readonly token?: Buffer })
  | (LegFacts & { readonly status: "extension-received"; readonly token?: Buffer })
  | (LegFacts & {
      readonly status: "output-too-small";
      /** How many bytes of room the extension needs. */
      readonly needed: number;
      readonly token?: never;
    });

/** Whether the next leg feeds the same message to the package again. */
export function repeatsMessage({ status }: Leg): boolean {
  return status === "incomplete-credentials" || status === "extension-received" || status === "output-too-small";
}

/** The leg for a status; undefined for a failure, and for a success status that no leg can have. */
export function legOf(code: StatusCode, outcome: LegOutcome): Leg | undefined {
  const leg = withoutExtra(code, outcome);
  const { extra, output } = outcome;
  // A message that will be fed again still contains its extra bytes: do not report them twice.
  const rest = extra && (leg?.status === "continue" || leg?.status === "complete");
  return leg && (rest || output) ? { ...leg, ...(rest && { extra }), ...(output && { output }) } : leg;
}

function withoutExtra(code: StatusCode, { token, missing, needed }: LegOutcome): Leg | undefined {
  switch (code) {
    case "SEC_E_OK":
      return { status: "complete", code, ...(token && { token }) };
    case "SEC_I_CONTINUE_NEEDED":
    case "SEC_I_CONTINUE_NEEDED_MESSAGE_OK":
      return { status: "continue", code, token: token ?? Buffer.alloc(0) };
    case "SEC_E_INCOMPLETE_MESSAGE":
      return missing === undefined
        ? { status: "incomplete-message", code }
        : { status: "incomplete-message", code, missing };
    case "SEC_I_INCOMPLETE_CREDENTIALS":
      return { status: "incomplete-credentials", code, ...(token && { token }) };
    case "SEC_I_GENERIC_EXTENSION_RECEIVED":
      return { status: "extension-received", code, ...(token && { token }) };
    case "SEC_E_EXT_BUFFER_TOO_SMALL":
      return needed === undefined ? undefined : { status: "output-too-small", code, needed };
    default:
      return undefined;
  }
}
