import type { StatusCode } from "../status/index.ts";
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
 * - `continue`: send `token` to the peer (it may be empty) and step again with the answer.
 * - `complete`: done; where there is a `token`, the peer still needs it.
 * - `incomplete-message`: the peer's message is not all there. Step again with the bytes that follow; those
 *   given so far are kept. `missing` is the package's hint of how many, where it gives one.
 * - `incomplete-credentials`: the server asks for a client certificate that the credential does not have;
 *   `query("issuerList")` says whose would do. Send `token` if there is one, give the context another credential
 *   (`useCredential`) or leave it at that, and step again without a token: the peer's message is kept, and fed once
 *   more.
 */
export type Leg =
  | (LegFacts & { readonly status: "continue"; readonly token: Buffer })
  | (LegFacts & { readonly status: "complete"; readonly token?: Buffer })
  | (LegFacts & { readonly status: "incomplete-message"; readonly missing?: number; readonly token?: never })
  | (LegFacts & { readonly status: "incomplete-credentials"; readonly token?: Buffer });

/** The leg that a status means, or undefined where it is a failure, or a success that no exchange knows. */
export function legOf(code: StatusCode, outcome: LegOutcome): Leg | undefined {
  const leg = withoutExtra(code, outcome);
  const { extra, output } = outcome;
  // A message that is fed once more takes what follows it along.
  const rest = extra && (leg?.status === "continue" || leg?.status === "complete");
  return leg && (rest || output) ? { ...leg, ...(rest && { extra }), ...(output && { output }) } : leg;
}

function withoutExtra(code: StatusCode, { token, missing }: LegOutcome): Leg | undefined {
  switch (code) {
    case "SEC_E_OK":
      return token ? { status: "complete", code, token } : { status: "complete", code };
    case "SEC_I_CONTINUE_NEEDED":
      return { status: "continue", code, token: token ?? Buffer.alloc(0) };
    case "SEC_E_INCOMPLETE_MESSAGE":
      return missing === undefined
        ? { status: "incomplete-message", code }
        : { status: "incomplete-message", code, missing };
    case "SEC_I_INCOMPLETE_CREDENTIALS":
      return token ? { status: "incomplete-credentials", code, token } : { status: "incomplete-credentials", code };
    default:
      return undefined;
  }
}
