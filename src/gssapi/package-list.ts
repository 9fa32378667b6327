import { SECPKG_FLAG } from "../../generated/sspi/constants.ts";
import type { PackageInfo } from "../interface/package-infos.ts";
import type { PackageName } from "./gssapi-credential.ts";

const capabilities =
  SECPKG_FLAG.integrity |
  SECPKG_FLAG.privacy |
  SECPKG_FLAG.connection |
  SECPKG_FLAG.extendedError |
  SECPKG_FLAG.gssCompatible |
  SECPKG_FLAG.mutualAuth |
  SECPKG_FLAG.delegation |
  SECPKG_FLAG.readonlyWithChecksum;

/**
 * The packages of the system's GSSAPI. NTLM is missing: every NTLM mechanism crashes on calls that a server makes.
 * Names, numbers and largest tokens are those of Windows.
 */
export const packageList: Readonly<Record<PackageName, PackageInfo>> = {
  Negotiate: {
    name: "Negotiate",
    comment: "SPNEGO over the system's GSSAPI, Kerberos only",
    capabilities,
    version: 1,
    rpcId: 9,
    maxToken: 48_256,
  },
  Kerberos: {
    name: "Kerberos",
    comment: "Kerberos of the system's GSSAPI",
    capabilities: capabilities | SECPKG_FLAG.negotiable,
    version: 1,
    rpcId: 16,
    maxToken: 48_000,
  },
};

/** Package names ignore case. */
export function packageNamed(name: string): PackageName | undefined {
  return (Object.keys(packageList) as PackageName[]).find((known) => known.toLowerCase() === name.toLowerCase());
}
