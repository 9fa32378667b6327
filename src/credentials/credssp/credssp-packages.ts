import { SEC_E_SECPKG_NOT_FOUND, SEC_E_UNSUPPORTED_FUNCTION } from "../../../generated/status/constants.ts";
import type { SecurityProvider } from "../../native/index.ts";
import type { StatusSource } from "../../status/index.ts";

/** The advice for a platform without CredSSP. */
export const credsspElsewhere = "credsspHost() of sspi-ffi/credssp is one, with provider: host.provider";

/** Whether a package is CredSSP, by either of its names on Windows. */
export function isCredssp(name: string): boolean {
  return /^(credssp|tsssp)$/i.test(name);
}

/**
 * The source of the error's explanation when CredSSP credentials are not acquired: WinPR lists CREDSSP but implements
 * none of its functions.
 */
export function acquisitionSource(provider: SecurityProvider, packageName: string): StatusSource {
  if (!isCredssp(packageName) || provider.traits.credsspAuthData === "any") return provider;
  const explain = (status: number, call?: Promise<number>): Error | undefined => {
    const missing = status === SEC_E_SECPKG_NOT_FOUND || status === SEC_E_UNSUPPORTED_FUNCTION;
    const reason = `package: ${packageName} of ${provider.label} cannot be used; ${credsspElsewhere}`;
    return missing ? new RangeError(reason) : provider.explain?.(status, call);
  };
  return { explain };
}
