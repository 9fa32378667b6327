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
  if (status !== SEC_I_COMPLETE_NEEDED && status !== SEC_I_COMPLETE_AND_CONTINUE) return status;
  const completed = provider.CompleteAuthToken(slot.address, workspace.output.address);
  if (isFailure(completed)) return completed;
  return status === SEC_I_COMPLETE_NEEDED ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
}
