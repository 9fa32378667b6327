import {
  DEFAULT_TLS_SSP_NAME_W,
  SCHANNEL_NAME_W,
  SSL3SP_NAME_W,
  TLS1SP_NAME_W,
  UNISP_NAME_W,
} from "../../../generated/schannel/constants.ts";
import { SEC_E_UNSUPPORTED_FUNCTION } from "../../../generated/status/constants.ts";
import type { SecurityProvider } from "../../native/index.ts";
import { failure } from "../../status/index.ts";

/** All names of Schannel; those of single protocols are for callers who know no other name. */
const names: readonly string[] = [
  SCHANNEL_NAME_W,
  UNISP_NAME_W,
  DEFAULT_TLS_SSP_NAME_W,
  TLS1SP_NAME_W,
  SSL3SP_NAME_W,
].map((name) => name.toLowerCase());

/** Whether a package is Schannel, which has its own kind of credentials, and whose messages are TLS records. */
export function isSchannel(name: string): boolean {
  return names.includes(name.toLowerCase());
}

/** Whether a package is a Schannel that ends the process at its first leg. */
export function isBrokenSchannel({ traits }: SecurityProvider, name: string): boolean {
  return !traits.schannelWorks && isSchannel(name);
}

/** @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` if the package would end the process. */
export function checkSchannelUsable(provider: SecurityProvider, name: string): void {
  if (!isBrokenSchannel(provider, name)) return;
  const cause = new RangeError(
    `package: ${name} of ${provider.label} ends a Node process; use node:tls, or schannelStandIn() of sspi-ffi/packages`,
  );
  throw failure({ operation: "AcquireCredentialsHandleW", status: SEC_E_UNSUPPORTED_FUNCTION, cause });
}
