import { type Acquired, acquiredOf, type Credential, type SamState } from "../../credentials/index.ts";
import type { SharedHandle } from "../../memory/index.ts";
import type { CallKind, SecurityProvider } from "../../native/index.ts";
import type { LegCall } from "./leg-call.ts";
import type { Plan } from "./plan.ts";
import type { SideFlags } from "./side-flags.ts";
import type { Proof } from "./winpr-sam.ts";

/**
 * One side of an exchange: everything that differs between client and server. Both sides are object literals with the
 * same members in the same order, so that V8 can optimise the calls of a leg.
 */
export interface Side<Granted extends string = string, WideGranted extends string = string> {
  readonly party: "client" | "server";
  /** The use that its credentials have. */
  readonly use: "outbound" | "inbound";
  readonly kind: CallKind;
  /** The name of its native function. */
  readonly operation: "InitializeSecurityContextW" | "AcceptSecurityContext";
  /** Whether this side may begin an exchange, with a leg without a message from the peer. */
  readonly mayBegin: boolean;
  readonly flags: SideFlags<Granted, WideGranted>;
  /** Calls the native function. */
  call(provider: SecurityProvider, plan: Plan, leg: LegCall): number;
  /** Calls the native function off the event loop. */
  callAsync(provider: SecurityProvider, plan: Plan, leg: LegCall): Promise<number>;
  /** Called after the leg that made the context. */
  readonly created: ((context: SharedHandle, acquired: Acquired) => void) | undefined;
  /** Called before each later leg: the users whom it may authenticate. */
  readonly usersBefore: ((acquired: Acquired) => SamState | undefined) | undefined;
  /** Called after the leg that completed the context; returns what tells whom it has authenticated. */
  readonly completed:
    | ((context: SharedHandle, acquired: Acquired, before: SamState | undefined) => Proof | undefined)
    | undefined;
  /** Explains why a leg may have failed where the provider gives no explanation. */
  readonly explain: ((acquired: Acquired) => Error | undefined) | undefined;
}

/**
 * Returns what a side needs from its credential.
 *
 * @throws RangeError for a credential of the other side, DisposedError for a closed credential.
 */
export function acquiredFor({ party, use }: Side, credential: Credential): Acquired {
  const acquired = acquiredOf(credential);
  if (acquired.use !== use && acquired.use !== "both")
    throw new RangeError(`credential: a ${party} needs credentials with use "${use}" or "both", got "${acquired.use}"`);
  return acquired;
}

/**
 * Returns the function that acquires a separate credential for a context that must not share one; undefined for
 * outbound credentials.
 */
export function separateCredentialOf({ use }: Side, { separate }: Acquired): Acquired["separate"] {
  return use === "inbound" ? separate : undefined;
}
