import { type CredentialOptions, type KerberosOptions, providerFor, type WinprOptions } from "../credentials/index.ts";
import { checkProvider, type SecurityProvider } from "../native/index.ts";
import { checkText, type Secret } from "../values/index.ts";
import { CredsspError } from "./credssp-error.ts";

/** The package and the provider of the logon inside. */
export interface InnerPackageOptions {
  /**
   * `"Negotiate"`, `"Kerberos"`, `"NTLM"`. By default Negotiate for servers, and for clients if the provider prefers
   * it, as Windows does; otherwise Kerberos for an identity with a domain or realm.
   */
  readonly inner?: string;
  /** The provider of that package; by default chosen as by `Credential.acquire`. */
  readonly innerProvider?: SecurityProvider;
}

/** Further options for the credentials of a server's logons. */
export interface InnerServerOptions {
  /** Settings for WinPR only, such as its file of users. */
  readonly winpr?: WinprOptions;
  /** The location of the keys of the system's GSSAPI Kerberos. */
  readonly kerberos?: KerberosOptions;
}

export interface DelegatedIdentity {
  readonly user: string;
  readonly domain: string;
  readonly password: Secret;
}

/** @throws TypeError or RangeError naming the option */
export function checkInner({ inner, innerProvider }: InnerPackageOptions): void {
  if (inner !== undefined) checkText(inner, "inner", { empty: false });
  if (innerProvider !== undefined) checkProvider(innerProvider, "innerProvider");
}

/** @throws CredsspError if neither the options nor the identity determine the package */
export function innerPackageFor(options: InnerPackageOptions, identity: DelegatedIdentity | undefined): string {
  const { inner, innerProvider } = options;
  if (inner !== undefined) return inner;
  if (identity === undefined) return "Negotiate";
  if ((innerProvider ?? providerFor("Negotiate")).traits.prefersNegotiate) return "Negotiate";
  if (identity.domain !== "" || identity.user.includes("@")) return "Kerberos";
  throw new CredsspError(
    "SEC_E_SECPKG_NOT_FOUND",
    "the identity has no domain, so that nothing says how to log on: give it one for Kerberos, or name the package as `inner`",
  );
}

export function outboundOptions(
  options: InnerPackageOptions,
  identity: DelegatedIdentity,
  kerberosOnly: boolean,
): CredentialOptions {
  const of = innerPackageFor(options, identity);
  const provider = options.innerProvider ?? providerFor(of);
  const restricts = kerberosOnly && /^negotiate$/i.test(of) && provider.traits.readsExtendedIdentity;
  const { user, domain, password } = identity;
  return {
    package: of,
    use: "outbound",
    identity: { user, domain, password, ...(restricts && { packageList: "!ntlm" }) },
    ...(options.innerProvider !== undefined && { provider: options.innerProvider }),
  };
}

export function inboundOptions(
  options: InnerPackageOptions,
  { winpr, kerberos }: InnerServerOptions,
): CredentialOptions {
  return {
    package: innerPackageFor(options, undefined),
    use: "inbound",
    ...(winpr !== undefined && { winpr }),
    ...(kerberos !== undefined && { kerberos }),
    ...(options.innerProvider !== undefined && { provider: options.innerProvider }),
  };
}
