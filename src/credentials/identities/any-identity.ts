import type { Arena } from "../../memory/index.ts";
import { isWine, type SecurityProvider } from "../../native/index.ts";
import { AuthIdentity, heldIdentityOf } from "./auth-identity.ts";
import { checkIdentity, type Identity, writeExtendedIdentity, writeIdentity } from "./identity.ts";
import { checkPackedIdentity, type PackedIdentity, writePackedIdentity } from "./packed-identity.ts";

/** Every way to say who to log on as. */
export type AnyIdentity = Identity | PackedIdentity | AuthIdentity;

/** @throws TypeError, RangeError without a secret, DisposedError for an identity that is closed. */
export function checkAnyIdentity(identity: AnyIdentity, argument = "identity"): void {
  if (identity instanceof AuthIdentity) heldIdentityOf(identity);
  else if (isPacked(identity)) checkPackedIdentity(identity, argument);
  else checkIdentity(identity, argument);
}

/** @throws RangeError where the provider would take the struct for a plain one, and crash. */
export function checkIdentityFor(provider: SecurityProvider, identity: AnyIdentity, argument = "identity"): void {
  if (identity instanceof AuthIdentity) return;
  const who = whoReadsPlainOnly(provider);
  if (isPacked(identity)) {
    if (who || provider.kind === "winpr")
      throw new RangeError(`${argument}.packedCredentials: ${who ?? "WinPR"} reads none`);
  } else if (identity.packageList !== undefined && who)
    throw new RangeError(`${argument}.packageList: ${who} reads none`);
}

function whoReadsPlainOnly(provider: SecurityProvider): string | undefined {
  if (provider.kind === "secur32") return isWine() ? "Wine" : undefined;
  return provider.kind === "winpr" && !readsSettings(provider) ? `WinPR ${provider.version}` : undefined;
}

/** WinPR takes extended identities, and its settings in them, from version 3 on. */
export function readsSettings(provider: SecurityProvider): boolean {
  return provider.kind === "winpr" && Number.parseInt(provider.version ?? "0", 10) >= 3;
}

/** The address of the struct, in an arena that the caller wipes. */
export function writeAnyIdentity(arena: Arena, identity: AnyIdentity): number | bigint {
  if (identity instanceof AuthIdentity) return heldIdentityOf(identity).address;
  if (isPacked(identity)) return writePackedIdentity(arena, identity).address;
  return (identity.packageList === undefined ? writeIdentity : writeExtendedIdentity)(arena, identity).address;
}

function isPacked(identity: Identity | PackedIdentity): identity is PackedIdentity {
  return typeof identity === "object" && identity !== null && "packedCredentials" in identity;
}
