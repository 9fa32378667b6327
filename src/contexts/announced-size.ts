import { SEC_E_INTERNAL_ERROR } from "../../generated/status/constants.ts";
import { failure } from "../status/index.ts";

/** No package needs as much room for a token, a header or padding, in bytes. */
const mostAnnounced = 1 << 24;

/**
 * The size that a package announces, by the answer of `operation`, for what it writes.
 *
 * @throws SspiError `SEC_E_INTERNAL_ERROR` for more than there is memory for
 */
export function checkAnnounced(operation: string, what: string, size: number): number {
  if (size <= mostAnnounced) return size;
  const cause = new RangeError(`the package announces ${what} of ${size} bytes`);
  throw failure({ operation, status: SEC_E_INTERNAL_ERROR, cause });
}
