import {
  SEC_E_OK,
  SEC_I_COMPLETE_AND_CONTINUE,
  SEC_I_COMPLETE_NEEDED,
  SEC_I_CONTINUE_NEEDED,
} from "../../../generated/status/constants.ts";
import type { SecurityProvider } from "../../native/index.ts";
import type { LegCall } from "./leg-call.ts";

/**
 * Completes the output token if the leg's status asks for it. Returns the status of CompleteAuthToken, or undefined if
 * the leg did not ask.
 */
export function completeAuthToken(
  provider: SecurityProvider,
  { slot, workspace }: LegCall,
  status: number,
): number | undefined {
  if (!asksForCompletion(status)) return undefined;
  return provider.CompleteAuthToken(slot.address, workspace.output.address);
}

/** {@link completeAuthToken} off the event loop: the call may ask a domain controller, like the leg. */
export function completeAuthTokenAsync(
  provider: SecurityProvider,
  { slot, workspace }: LegCall,
  status: number,
): Promise<number> | undefined {
  if (!asksForCompletion(status)) return undefined;
  return provider.callAsync("CompleteAuthToken", slot.address, workspace.output.address);
}

function asksForCompletion(status: number): boolean {
  return status === SEC_I_COMPLETE_NEEDED || status === SEC_I_COMPLETE_AND_CONTINUE;
}

/** The status of a leg after its token was completed. */
export function onceCompleted(status: number): number {
  if (status === SEC_I_COMPLETE_NEEDED) return SEC_E_OK;
  return status === SEC_I_COMPLETE_AND_CONTINUE ? SEC_I_CONTINUE_NEEDED : status;
}
