import * as nt from "../../../generated/ntstatus/constants.ts";
import * as status from "../../../generated/status/constants.ts";

/**
 * Pairs of an NTSTATUS and the `SEC_E_*` of the same meaning. Callers of SSPI test for the latter; packages may return
 * either. A status without an equal reaches the caller unchanged, under its own name.
 */
const equals: readonly (readonly [number, number, string])[] = [
  [nt.STATUS_NO_MEMORY, status.SEC_E_INSUFFICIENT_MEMORY, "memory ran out"],
  [nt.STATUS_INSUFFICIENT_RESOURCES, status.SEC_E_INSUFFICIENT_MEMORY, "memory ran out"],
  [nt.STATUS_NOT_SUPPORTED, status.SEC_E_UNSUPPORTED_FUNCTION, "the package does not do this"],
  [nt.STATUS_NOT_IMPLEMENTED, status.SEC_E_UNSUPPORTED_FUNCTION, "the package does not do this"],
  [nt.STATUS_INVALID_HANDLE, status.SEC_E_INVALID_HANDLE, "not a handle of this package"],
  [nt.STATUS_LOGON_FAILURE, status.SEC_E_LOGON_DENIED, "wrong name or password"],
  [nt.STATUS_WRONG_PASSWORD, status.SEC_E_LOGON_DENIED, "wrong password: a caller is not told which half was"],
  [nt.STATUS_NO_SUCH_USER, status.SEC_E_LOGON_DENIED, "wrong name: a caller is not told which half was"],
  [nt.STATUS_ACCESS_DENIED, status.SEC_E_LOGON_DENIED, "refused"],
  [nt.STATUS_NO_LOGON_SERVERS, status.SEC_E_NO_AUTHENTICATING_AUTHORITY, "nobody to ask"],
  [nt.STATUS_NO_SUCH_LOGON_SESSION, status.SEC_E_NO_CREDENTIALS, "nobody is logged on there"],
  [nt.STATUS_NO_SUCH_PACKAGE, status.SEC_E_SECPKG_NOT_FOUND, "no package of that name"],
  [nt.STATUS_TIME_DIFFERENCE_AT_DC, status.SEC_E_TIME_SKEW, "clocks differ"],
  [nt.STATUS_BUFFER_TOO_SMALL, status.SEC_E_BUFFER_TOO_SMALL, "the same, of SSPI"],
  [nt.STATUS_INTERNAL_ERROR, status.SEC_E_INTERNAL_ERROR, "the same, of SSPI"],
];

/** @returns undefined if the status is a success, is already a `SEC_E_*`, or has no equal. */
export function securityStatusOf(answer: number): { readonly status: number; readonly reason: string } | undefined {
  const found = equals.find(([from]) => from === answer);
  return found && { status: found[1], reason: found[2] };
}
