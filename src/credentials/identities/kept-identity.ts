import { copyOfSecret } from "../../memory/index.ts";
import { isBytes } from "../../values/index.ts";
import { type AnyIdentity, readAnyIdentity } from "./any-identity.ts";
import { AuthIdentity } from "./auth-identity.ts";
import { isLoggedOn } from "./logged-on-identity.ts";

/** An identity that is kept for later logons. */
export interface KeptIdentity {
  readonly identity: AnyIdentity;
  /** Zeroes the secret, if it was given as bytes. */
  wipe(): void;
}

/**
 * Returns a checked copy of an identity whose secret bytes are copied too, so that the caller may zero its own.
 *
 * @throws TypeError, RangeError without a secret, DisposedError for an identity that is closed
 */
export function keepIdentity(given: AnyIdentity, argument: string): KeptIdentity {
  const identity = readAnyIdentity(given, argument);
  if (identity instanceof AuthIdentity || isLoggedOn(identity)) return { identity, wipe: () => {} };
  if ("password" in identity) {
    const { kept, wipe } = keepSecret(identity.password);
    return { identity: { ...identity, password: kept }, wipe };
  }
  const { packedCredentials } = identity;
  if ("password" in packedCredentials) {
    const { kept, wipe } = keepSecret(packedCredentials.password);
    return { identity: { ...identity, packedCredentials: { ...packedCredentials, password: kept } }, wipe };
  }
  const { kept, wipe } = keepSecret(packedCredentials.data);
  return { identity: { ...identity, packedCredentials: { ...packedCredentials, data: kept } }, wipe };
}

function keepSecret<S extends string | Uint8Array>(secret: S): { readonly kept: S; wipe(): void } {
  if (!isBytes(secret)) return { kept: secret, wipe: () => {} };
  const copy = copyOfSecret(secret);
  return { kept: copy as Uint8Array as S, wipe: () => void copy.fill(0) };
}
