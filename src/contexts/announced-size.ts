import { SEC_E_INTERNAL_ERROR } from "../../generated/status/constants.ts";
import { failure } from "../status/index.ts";

/** Upper limit in bytes for a token, a header or padding: no package needs this much. */
const mostAnnounced = 1 << 24;

/**
 * Checks the size that a package announces, in its answer to `operation`, for something that it will write, and returns
 * it.
 *
 * @throws SspiError `SEC_E_INTERNAL_ERROR` for a size above the limit
 */
export function checkAnnounced(operation: string, what: string, size: number): number {
  if (size <= mostAnnounced) return size;
  const cause = new RangeError(`the package announces ${what} of ${size} bytes`);
  throw failure({ operation, status: SEC_E_INTERNAL_ERROR, cause });
}
