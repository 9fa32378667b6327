import type { StatusCode } from "../../status/index.ts";
import type { LegOutcome } from "./leg-call.ts";
import type { LegOutput } from "./leg-output.ts";

interface LegFacts {
  /** The status by name: `"SEC_I_CONTINUE_NEEDED"`. */
  readonly code: StatusCode;
  /** Bytes of the input after the token, which the package did not take: they belong to what comes next. */
  readonly extra?: Buffer;
  /** What the package put into buffers that the step asked for. */
  readonly output?: readonly LegOutput[];
}

/**
 * What one leg of an exchange came to.
 *
 * - `continue`: send `token` to the peer (it may be empty) and step again with the answer. `code` is
 *   `SEC_I_CONTINUE_NEEDED_MESSAGE_OK` where the package took a whole message (`messages`) and waits for the next one.
 * - `complete`: done; where there is a `token`, the peer still needs it.
 * - `incomplete-message`: the peer's message is not all there. Step again with the bytes that follow; those
 *   given so far are kept. `missing` is the package's hint of how many, where it gives one.
 * - `incomplete-credentials`: the server asks for a client certificate that the credential does not have;
 *   `query("issuerList")` says whose would do. Send `token` if there is one, give the context another credential
 *   (`useCredential`) or leave it at that, and step again without a token: the peer's message is kept, and fed once
 *   more.
 * - `extension-received`: the peer sent extensions that `subscribeGenericTlsExtension` asked for, and `output` has them
 *   where the step asked for them by the same name. Step again without a token: the peer's message is kept, and fed once
 *   more with the context's `buffers`. Buffers of the step are given again by the caller.
 * - `output-too-small`: an extension is longer than the room that the step had for it, and takes `needed` bytes. Step
 *   again without a token, and with that much room.
 */
export type Leg =
  | (LegFacts & {
      /** What is to be done next: `continue` sends the token and steps again with the answer, `complete` is done. */
      readonly status: "continue";
      /** What the peer has to be sent; it may be empty. */
      readonly token: Buffer;
    })
  | (LegFacts & { readonly status: "complete"; readonly token?: Buffer })
  | (LegFacts & {
      readonly status: "incomplete-message";
      /** How many bytes of the peer's message are missing at least, where the package says. */
      readonly missing?: number;
      readonly token?: never;
    })
  | (LegFacts & { readonly status: "incomplete-credentials"; readonly token?: Buffer })
  | (LegFacts & { readonly status: "extension-received"; readonly token?: Buffer })
  | (LegFacts & {
      readonly status: "output-too-small";
      /** How many bytes of room the extension takes. */
      readonly needed: number;
      readonly token?: never;
    });

/** Whether the next leg is fed with the same message once more. */
export function repeatsMessage({ status }: Leg): boolean {
  return status === "incomplete-credentials" || status === "extension-received" || status === "output-too-small";
}

/** The leg that a status means, or undefined where it is a failure, or a success that no exchange knows. */
export function legOf(code: StatusCode, outcome: LegOutcome): Leg | undefined {
  const leg = withoutExtra(code, outcome);
  const { extra, output } = outcome;
  // A message that is fed once more takes what follows it along.
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
