import type { SharedHandle } from "../../memory/index.ts";
import type { CallKind } from "../../native/index.ts";
import type { LegCall } from "./leg-call.ts";

/** One side's native function. */
export interface LegFunction {
  readonly operation: "InitializeSecurityContextW" | "AcceptSecurityContext";
  readonly kind: CallKind;
  call(leg: LegCall): number;
  callAsync(leg: LegCall): Promise<number>;
  /** After the leg that made the context. */
  created?(context: SharedHandle): void;
  /** Why a leg may have failed, where the provider does not say it. */
  explain?(): Error | undefined;
}
