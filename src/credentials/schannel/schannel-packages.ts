import { DEFAULT_TLS_SSP_NAME_W, UNISP_NAME_W } from "../../../generated/schannel/constants.ts";

/** Schannel has a short name, and its headers two more. */
const names = ["Schannel", UNISP_NAME_W, DEFAULT_TLS_SSP_NAME_W].map((name) => name.toLowerCase());

/** Whether a package is Schannel: it reads credentials of its own kind, and its records are those of TLS. */
export function isSchannel(name: string): boolean {
  return names.includes(name.toLowerCase());
}
