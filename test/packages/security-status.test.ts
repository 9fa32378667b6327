import { expect, it } from "vitest";
import * as nt from "../../generated/ntstatus/constants.ts";
import { SEC_E_LOGON_DENIED } from "../../generated/status/constants.ts";
import { securityStatusOf } from "../../src/packages/host/security-status.ts";
import { type StatusCode, statusFact } from "../../src/status/index.ts";

it.each<[number, StatusCode]>([
  [nt.STATUS_NO_MEMORY, "SEC_E_INSUFFICIENT_MEMORY"],
  [nt.STATUS_INSUFFICIENT_RESOURCES, "SEC_E_INSUFFICIENT_MEMORY"],
  [nt.STATUS_NOT_SUPPORTED, "SEC_E_UNSUPPORTED_FUNCTION"],
  [nt.STATUS_NOT_IMPLEMENTED, "SEC_E_UNSUPPORTED_FUNCTION"],
  [nt.STATUS_INVALID_HANDLE, "SEC_E_INVALID_HANDLE"],
  [nt.STATUS_LOGON_FAILURE, "SEC_E_LOGON_DENIED"],
  [nt.STATUS_WRONG_PASSWORD, "SEC_E_LOGON_DENIED"],
  [nt.STATUS_NO_SUCH_USER, "SEC_E_LOGON_DENIED"],
  [nt.STATUS_ACCESS_DENIED, "SEC_E_LOGON_DENIED"],
  [nt.STATUS_NO_LOGON_SERVERS, "SEC_E_NO_AUTHENTICATING_AUTHORITY"],
  [nt.STATUS_NO_SUCH_LOGON_SESSION, "SEC_E_NO_CREDENTIALS"],
  [nt.STATUS_NO_SUCH_PACKAGE, "SEC_E_SECPKG_NOT_FOUND"],
  [nt.STATUS_TIME_DIFFERENCE_AT_DC, "SEC_E_TIME_SKEW"],
  [nt.STATUS_BUFFER_TOO_SMALL, "SEC_E_BUFFER_TOO_SMALL"],
  [nt.STATUS_INTERNAL_ERROR, "SEC_E_INTERNAL_ERROR"],
])("the status %i of a hosted package is %s for a caller of SSPI", (from, to) => {
  const { status: found = 0 } = securityStatusOf(from) ?? {};
  expect(statusFact(found).code).toBe(to);
});

it("a status of SSPI, a success, and one without an equal are no other status for a caller", () => {
  for (const other of [SEC_E_LOGON_DENIED, nt.STATUS_SUCCESS, nt.STATUS_UNSUCCESSFUL])
    expect(securityStatusOf(other)).toBeUndefined();
});
