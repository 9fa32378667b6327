import type { Arena } from "../../memory/index.ts";
import type { SecurityProvider } from "../../native/index.ts";
import { AuthIdentity, heldIdentityOf } from "./auth-identity.ts";

import { type Identity, readIdentity, writeExtendedIdentity, writeIdentity } from "./identity.ts";
import { namesPackages } from "./identity-options.ts";
import { type PackedIdentity, readPackedIdentity, writePackedIdentity } from "./packed-identity.ts";

/** Every way to say who to log on as. */
export type AnyIdentity = Identity | PackedIdentity | AuthIdentity;

/** A checked copy. @throws TypeError, RangeError without a secret, DisposedError for an identity that is closed. */
export function readAnyIdentity(identity: AnyIdentity, argument: string): AnyIdentity {
  if (identity instanceof AuthIdentity) {
    heldIdentityOf(identity);
    return identity;
  }
  return isPacked(identity) ? readPackedIdentity(identity, argument) : readIdentity(identity, argument);
}

/** @throws RangeError where the provider would take the struct for a plain one, and crash. */
export function checkIdentityFor(provider: SecurityProvider, identity: AnyIdentity, argument = "identity"): void {
  if (identity instanceof AuthIdentity) return;
  const { label, traits } = provider;
  if (isPacked(identity)) {
    if (!traits.readsPackedIdentity) throw new RangeError(`${argument}.packedCredentials: ${label} reads none`);
    return;
  }
  if (identity.packageList === undefined) return;
  if (!traits.readsExtendedIdentity) throw new RangeError(`${argument}.packageList: ${label} reads none`);
  if (!traits.honoursPackageList && namesPackages(identity.packageList))
    throw new RangeError(
      `${argument}.packageList: ${label} also offers what a list does not name; leave packages out by name, such as "!ntlm"`,
    );
}

/** The address of the struct, in an arena that the caller wipes. */
export function writeAnyIdentity(arena: Arena, identity: AnyIdentity): number | bigint {
  if (identity instanceof AuthIdentity) return heldIdentityOf(identity).address;
  if (isPacked(identity)) return writePackedIdentity(arena, identity).address;
  return (identity.packageList === undefined ? writeIdentity : writeExtendedIdentity)(arena, identity).address;
}

function isPacked(identity: Identity | PackedIdentity): identity is PackedIdentity {
  return typeof identity === "object" && identity !== null && Object.hasOwn(identity, "packedCredentials");
}
