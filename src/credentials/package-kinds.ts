import { packageNamed } from "../gssapi/index.ts";
import { includesPackage } from "../native/index.ts";

/** Whether a package may use Kerberos' tickets, as those of GSSAPI do. */
export function usesTickets(name: string): boolean {
  return packageNamed(name) !== undefined;
}

/** Whether a package's targets are service names, which are never URLs. */
export function namesServices(name: string): boolean {
  return usesTickets(name) || includesPackage(["NTLM", "CREDSSP"], name);
}

/** Whether a package reads `pAuthData` as a user's name and password, even if it is another struct. */
export function readsIdentity(name: string): boolean {
  return usesTickets(name) || includesPackage(["NTLM", "WDigest", "PKU2U", "CloudAP"], name);
}
