import { SEC_E_INCOMPLETE_MESSAGE } from "../../generated/status/constants.ts";
import { ntStatus, sspiStatus } from "../../generated/status.ts";
import { isFailure } from "../../src/status/index.ts";

/** All failures that the headers define, and two that they do not define. */
export const failures: readonly number[] = [...Object.values(sspiStatus), ...Object.values(ntStatus)]
  .map(({ value }): number => value)
  // SEC_E_INCOMPLETE_MESSAGE is no failure of a leg or a message: more bytes are needed.
  .filter((value) => isFailure(value) && value !== SEC_E_INCOMPLETE_MESSAGE)
  .concat(0xe000_0001, 0xffff_ffff);
