import { type Acquired, acquiredOf, type Credential } from "../../credentials/index.ts";
import type { SharedHandle } from "../../memory/index.ts";
import type { CallKind, SecurityProvider } from "../../native/index.ts";
import type { LegCall } from "./leg-call.ts";
import type { Plan } from "./plan.ts";
import type { SideFlags } from "./side-flags.ts";

/**
 * One side of an exchange: all that tells it from the other. Both are literals of the same members in the same order,
 * so that the engine knows where a leg finds its function.
 */
export interface Side<Granted extends string = string, WideGranted extends string = string> {
  readonly party: "client" | "server";
  /** What its credentials are for. */
  readonly use: "outbound" | "inbound";
  readonly kind: CallKind;
  /** Its native function. */
  readonly operation: "InitializeSecurityContextW" | "AcceptSecurityContext";
  /** Whether an exchange may begin with a leg that has no message of the peer. */
  readonly mayBegin: boolean;
  readonly flags: SideFlags<Granted, WideGranted>;
  /** Calls the native function. */
  call(provider: SecurityProvider, plan: Plan, leg: LegCall): number;
  /** The same off the event loop. */
  callAsync(provider: SecurityProvider, plan: Plan, leg: LegCall): Promise<number>;
  /** After the leg that made the context. */
  readonly created: ((context: SharedHandle, acquired: Acquired) => void) | undefined;
  /** Why a leg may have failed, where the provider does not say it. */
  readonly explain: ((acquired: Acquired) => Error | undefined) | undefined;
}

/** What a side needs of its credential. @throws RangeError for one of the other side, DisposedError for a closed one. */
export function acquiredFor({ party, use }: Side, credential: Credential): Acquired {
  const acquired = acquiredOf(credential);
  if (acquired.use !== use && acquired.use !== "both")
    throw new RangeError(`credential: a ${party} needs credentials with use "${use}" or "both", got "${acquired.use}"`);
  return acquired;
}

/** How a context of that side gets a credential of its own, where it must not share one. */
export function separateCredentialOf({ use }: Side, { separate }: Acquired): Acquired["separate"] {
  return use === "inbound" ? separate : undefined;
}
