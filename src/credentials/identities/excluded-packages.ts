import { CREDSSP_NAME, TS_SSP_NAME } from "../../../generated/credssp/constants.ts";
import { PKU2U_PACKAGE_NAME } from "../../../generated/ntsecapi/constants.ts";
import { MICROSOFT_KERBEROS_NAME, NEGOSSP_NAME, NTLMSP_NAME } from "../../../generated/security/constants.ts";
import type { SecurityProvider } from "../../native/index.ts";
import { shownWord } from "../../values/index.ts";
import { isSchannel } from "../schannel/schannel-packages.ts";
import { packages } from "../security-packages.ts";
import { packageListText } from "./identity-options.ts";

/** Packages of Windows that may be excluded on every provider; the last three names are in no header. */
const windowsPackages: readonly string[] = [
  NTLMSP_NAME,
  MICROSOFT_KERBEROS_NAME,
  NEGOSSP_NAME,
  PKU2U_PACKAGE_NAME,
  CREDSSP_NAME,
  TS_SSP_NAME,
  "NegoExtender",
  "CloudAP",
  "WDigest",
];

/**
 * Checks that each package that a list excludes exists, because excluding a mistyped one would exclude nothing.
 *
 * @throws RangeError
 */
export function checkExcluded(provider: SecurityProvider, packageList: string | readonly string[], argument: string) {
  for (const entry of packageListText(packageList).split(",")) {
    const name = entry.slice(1);
    if (!entry.startsWith("!") || isSchannel(name) || isOneOf(windowsPackages, name)) continue;
    const names = packages(provider).map((one) => one.name);
    if (isOneOf(names, name)) continue;
    const known = [...new Set([...windowsPackages, ...names])];
    throw new RangeError(
      `${argument}: expected to exclude packages that exist (${known.join(", ")}), got ${shownWord(name, known)}`,
    );
  }
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.some((one) => one.toLowerCase() === name.toLowerCase());
}
