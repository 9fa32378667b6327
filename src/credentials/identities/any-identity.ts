import { type Arena, utf16Length } from "../../memory/index.ts";
import type { SecurityProvider } from "../../native/index.ts";
import { AuthIdentity, heldIdentityOf } from "./auth-identity.ts";
import { checkExcluded } from "./excluded-packages.ts";
import { type Identity, readIdentity, writeExtendedIdentity, writeIdentity } from "./identity.ts";
import { namesPackages } from "./identity-options.ts";
import {
  isLoggedOn,
  type LoggedOnIdentity,
  readLoggedOnIdentity,
  writeLoggedOnIdentity,
} from "./logged-on-identity.ts";
import { type PackedIdentity, readPackedIdentity, writePackedIdentity } from "./packed-identity.ts";

/** All forms of the identity to log on as. */
export type AnyIdentity = Identity | LoggedOnIdentity | PackedIdentity | AuthIdentity;

/**
 * Returns a checked copy.
 *
 * @throws TypeError, RangeError without a secret, DisposedError for an identity that is closed.
 */
export function readAnyIdentity(identity: AnyIdentity, argument: string): AnyIdentity {
  if (identity instanceof AuthIdentity) {
    heldIdentityOf(identity);
    return identity;
  }
  if (isPacked(identity)) return readPackedIdentity(identity, argument);
  if (typeof identity === "object" && identity !== null && isLoggedOn(identity))
    return readLoggedOnIdentity(identity, argument);
  return readIdentity(identity, argument);
}

/**
 * @throws RangeError if the provider would read the struct as a plain identity, and crash, or if its list excludes a
 *   package that does not exist.
 */
export function checkIdentityFor(provider: SecurityProvider, identity: AnyIdentity, argument = "identity"): void {
  if (identity instanceof AuthIdentity) return;
  const { label, traits } = provider;
  if (isPacked(identity)) {
    if (!traits.readsPackedIdentity) throw new RangeError(`${argument}.packedCredentials: ${label} reads none`);
    if (identity.packageList !== undefined) checkExcluded(provider, identity.packageList, `${argument}.packageList`);
    return;
  }
  if (!isLoggedOn(identity)) checkPassword(provider, identity, argument);
  if (identity.packageList === undefined) return;
  if (!traits.readsExtendedIdentity) throw new RangeError(`${argument}.packageList: ${label} reads none`);
  if (!traits.honoursPackageList && namesPackages(identity.packageList))
    throw new RangeError(
      `${argument}.packageList: ${label} also offers what a list does not name; leave packages out by name, such as "!ntlm"`,
    );
  checkExcluded(provider, identity.packageList, `${argument}.packageList`);
}

/** The longest password, in characters: a longer one is read as a hash. */
const longestPassword = 512;

function checkPassword({ label, traits }: SecurityProvider, { password }: Identity, argument: string): void {
  const length = typeof password === "string" ? password.length : utf16Length(password);
  if (traits.takesLongPasswords || length <= longestPassword) return;
  throw new RangeError(
    `${argument}.password: ${label} takes at most ${longestPassword} characters for a password, got ${length}`,
  );
}

/** Writes the struct into an arena that the caller wipes, and returns its address. */
export function writeAnyIdentity(arena: Arena, identity: AnyIdentity): number | bigint {
  if (identity instanceof AuthIdentity) return heldIdentityOf(identity).address;
  if (isPacked(identity)) return writePackedIdentity(arena, identity).address;
  if (isLoggedOn(identity)) return writeLoggedOnIdentity(arena, identity).address;
  return (identity.packageList === undefined ? writeIdentity : writeExtendedIdentity)(arena, identity).address;
}

function isPacked(identity: Identity | LoggedOnIdentity | PackedIdentity): identity is PackedIdentity {
  return typeof identity === "object" && identity !== null && Object.hasOwn(identity, "packedCredentials");
}
