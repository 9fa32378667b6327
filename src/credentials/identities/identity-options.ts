import {
  SEC_WINNT_AUTH_IDENTITY,
  SEC_WINNT_AUTH_IDENTITY_UNICODE,
  type SecWinntAuthIdentity,
} from "../../../generated/sspi/constants.ts";
import { checkArray, checkText, flagBits, shapeOf } from "../../values/index.ts";

/** Flags of an identity by name; its strings are always Unicode. */
export type IdentityFlag = Exclude<SecWinntAuthIdentity, "ansi" | "unicode">;

const { ansi: _ansi, unicode: _unicode, ...flagGroup } = SEC_WINNT_AUTH_IDENTITY;

/** The value of `Flags`. */
export function identityFlags(flags: readonly IdentityFlag[] | undefined): number {
  const unicode = SEC_WINNT_AUTH_IDENTITY_UNICODE;
  return flags === undefined ? unicode : (flagBits(flagGroup, flags, "identity.flags") | unicode) >>> 0;
}

/** Options of all kinds of identities. */
export interface IdentityOptions {
  readonly packageList?: string | readonly string[];
  readonly flags?: readonly IdentityFlag[];
}

/** @throws TypeError, RangeError */
export function checkIdentityOptions({ packageList, flags }: IdentityOptions, argument: string): void {
  if (flags !== undefined) flagBits(flagGroup, flags, `${argument}.flags`);
  if (packageList === undefined) return;
  const named = `${argument}.packageList`;
  const names =
    typeof packageList === "string" ? packageList.split(",") : checkArray<string>(packageList, named, "package names");
  if (names.length === 0) throw new RangeError(`${named}: expected at least one package, got none`);
  for (const name of names) {
    checkText(name, named, { empty: false });
    // Commas alone separate names, and a name with a space around it would be the name of no package.
    if (/[,;]/.test(name) || !/^!?[^!\s][^!]*(?<!\s)$/.test(name))
      throw new RangeError(`${named}: expected names like "kerberos" or "!ntlm", got ${shapeOf(name)}`);
  }
}

/** Whether a list names packages to use, not only packages to exclude. */
export function namesPackages(packageList: string | readonly string[]): boolean {
  return packageListText(packageList)
    .split(",")
    .some((name) => !name.startsWith("!"));
}

/** Names separated by commas, as native code requires. */
export function packageListText(packageList: string | readonly string[] | undefined): string {
  return typeof packageList === "string" ? packageList : (packageList ?? []).join(",");
}
