import {
  DEFAULT_TLS_SSP_NAME_W,
  SCHANNEL_NAME_W,
  SSL3SP_NAME_W,
  TLS1SP_NAME_W,
  UNISP_NAME_W,
} from "../../../generated/schannel/constants.ts";

/** Schannel by all of its names; those of single protocols are kept for who knows no other. */
const names: readonly string[] = [
  SCHANNEL_NAME_W,
  UNISP_NAME_W,
  DEFAULT_TLS_SSP_NAME_W,
  TLS1SP_NAME_W,
  SSL3SP_NAME_W,
].map((name) => name.toLowerCase());

/** Whether a package is Schannel: it reads credentials of its own kind, and its records are those of TLS. */
export function isSchannel(name: string): boolean {
  return names.includes(name.toLowerCase());
}
