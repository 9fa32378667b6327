import {
  SEC_E_OK,
  SEC_I_COMPLETE_AND_CONTINUE,
  SEC_I_COMPLETE_NEEDED,
  SEC_I_CONTINUE_NEEDED,
} from "../../generated/status/constants.ts";
import type { SecurityProvider } from "../native/index.ts";
import { isFailure } from "./leg.ts";
import type { LegCall } from "./leg-call.ts";

/**
 * Finishes the output token where the status asks for that; the status of the leg as it is then, a failure of its own
 * included.
 */
export function completeAuthToken(provider: SecurityProvider, { slot, workspace }: LegCall, status: number): number {
  if (!asksForCompletion(status)) return status;
  return completed(status, provider.CompleteAuthToken(slot.address, workspace.output.address));
}

/** The same off the event loop: it may ask a domain controller, as the leg did. */
export async function completeAuthTokenAsync(
  provider: SecurityProvider,
  { slot, workspace }: LegCall,
  status: number,
): Promise<number> {
  if (!asksForCompletion(status)) return status;
  return completed(status, await provider.callAsync("CompleteAuthToken", slot.address, workspace.output.address));
}

function asksForCompletion(status: number): boolean {
  return status === SEC_I_COMPLETE_NEEDED || status === SEC_I_COMPLETE_AND_CONTINUE;
}

function completed(status: number, answer: number): number {
  if (isFailure(answer)) return answer;
  return status === SEC_I_COMPLETE_NEEDED ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
}
