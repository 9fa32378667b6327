import type { StatusCode } from "../status/index.ts";
import type { LegOutcome } from "./leg-call.ts";

interface LegFacts {
  /** The status by name: `"SEC_I_CONTINUE_NEEDED"`. */
  readonly code: StatusCode;
  /** Bytes of the input after the token, which the package did not take: they belong to what comes next. */
  readonly extra?: Uint8Array;
}

/**
 * What one leg of an exchange came to.
 *
 * - `continue`: send `token` to the peer (it may be empty) and step again with the answer.
 * - `complete`: done; where there is a `token`, the peer still needs it.
 * - `incomplete-message`: the peer's message is not all there. Step again with the bytes that follow; those
 *   given so far are kept. `missing` is the package's hint of how many, where it gives one.
 * - `incomplete-credentials`: the server asks for a client certificate; send `token` if there is one, and
 *   step again.
 */
export type Leg =
  | (LegFacts & { readonly status: "continue"; readonly token: Buffer<ArrayBuffer> })
  | (LegFacts & { readonly status: "complete"; readonly token?: Buffer<ArrayBuffer> })
  | (LegFacts & { readonly status: "incomplete-message"; readonly missing?: number; readonly token?: never })
  | (LegFacts & { readonly status: "incomplete-credentials"; readonly token?: Buffer<ArrayBuffer> });

/** Whether a status is a failure. */
export function isFailure(status: number): boolean {
  return status >= 0x8000_0000;
}

/** The leg that a status means, or undefined where it is a failure, or a success that no exchange knows. */
export function legOf(code: StatusCode, outcome: LegOutcome): Leg | undefined {
  const leg = withoutExtra(code, outcome);
  return leg && outcome.extra ? { ...leg, extra: outcome.extra } : leg;
}

function withoutExtra(code: StatusCode, { token, missing }: LegOutcome): Leg | undefined {
  switch (code) {
    case "SEC_E_OK":
      return token ? { status: "complete", code, token } : { status: "complete", code };
    case "SEC_I_CONTINUE_NEEDED":
      return { status: "continue", code, token: token ?? (Buffer.alloc(0) as Buffer<ArrayBuffer>) };
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
