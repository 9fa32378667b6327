import { Cell, withArena, writeWideString } from "../../memory/index.ts";
import { check } from "../../status/index.ts";
import { checkPrincipalName } from "../../values/index.ts";
import { type IdentityFunctions, identityFunctions } from "./identity-functions.ts";
import { takeText } from "./identity-memory.ts";

/**
 * The host in a service principal name: `"intranet.example"` of `"HTTP/intranet.example"`.
 *
 * @throws TypeError, RangeError; SspiError, `SEC_E_UNSUPPORTED_FUNCTION` if the machine's SSPI lacks the function.
 * @see SspiGetTargetHostName https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspigettargethostname
 */
export function targetHostName(target: string): string {
  return hostOf(target, identityFunctions);
}

/** Implements {@link targetHostName} with the given functions. */
export function hostOf(target: string, functions: IdentityFunctions): string {
  checkPrincipalName(target, "target");
  const host = new Cell();
  const status = withArena(256, (arena) =>
    functions.SspiGetTargetHostName(writeWideString(arena, target).address, host.address),
  );
  check("SspiGetTargetHostName", Number(status));
  return takeText(functions, host.pointer) ?? "";
}
