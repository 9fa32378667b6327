import { includesPackage, type SecurityProvider } from "../native/index.ts";
import { checkName, checkText } from "../values/index.ts";
import { checkAuthData, checkForProvider } from "./auth-data.ts";
import type { CredentialUse } from "./credential-use.ts";
import type { CredsspOptions } from "./credssp/credssp-options.ts";
import type { AnyIdentity } from "./identities/any-identity.ts";
import { checkKerberos, type KerberosOptions } from "./kerberos-options.ts";
import { providerFor } from "./provider-for.ts";
import type { SchannelOptions } from "./schannel/schannel-options.ts";
import { checkSchannelUsable } from "./schannel/schannel-packages.ts";
import { findPackage, type SecurityPackage } from "./security-packages.ts";
import { checkNamed } from "./unnamed-provider-error.ts";

/** What WinPR takes beside what the headers have. */
export interface WinprOptions {
  /** NTLM servers only: the SAM file (`user:domain:lm:nthash:::` lines) in which they look their users up. */
  readonly samFile?: string;
}

export interface CredentialOptions {
  /** A package's name: `"Negotiate"`, `"Kerberos"`, `"NTLM"`, `"Schannel"`, `"CREDSSP"` … */
  readonly package: string;
  readonly use: CredentialUse;
  /** Left out: the user that the process runs as. */
  readonly identity?: AnyIdentity;
  /** Schannel only: certificates, protocols, flags. */
  readonly schannel?: SchannelOptions;
  /** CredSSP only: credentials for TLS, and those for the logon inside it. */
  readonly credssp?: CredsspOptions;
  /** `pszPrincipal`; most packages want it left out. */
  readonly principal?: string;
  /** Where Kerberos of the system's GSSAPI finds tickets and keys. */
  readonly kerberos?: KerberosOptions;
  /** What only WinPR reads. */
  readonly winpr?: WinprOptions;
  /**
   * Whose SSPI; by default the system's GSSAPI for Kerberos and Negotiate off Windows, else the machine's library. A
   * server gets WinPR only by name: here, in `SSPI_LIBRARY`, or with {@link winpr}.
   */
  readonly provider?: SecurityProvider;
}

/** What was asked for, after it was checked. */
export interface Request {
  readonly provider: SecurityProvider;
  readonly package: SecurityPackage;
  readonly options: CredentialOptions;
}

/** @throws TypeError or RangeError naming the option, SspiError for a package that the provider does not have. */
export function checkOptions(options: CredentialOptions): Request {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`options: expected { package, use, … }, got ${options === null ? "null" : typeof options}`);
  checkText(options.package, "package", { empty: false });
  const { provider = providerFor(options.package), winpr, kerberos } = options;
  checkName(options.use, "use", ["inbound", "outbound", "both"]);
  if (options.principal !== undefined) checkText(options.principal, "principal", { empty: false });
  checkAuthData(options);
  checkForProvider({ provider, options });
  checkWinpr(winpr, provider);
  checkNamed(provider, options);
  checkKerberos(options, provider);
  const found = findPackage(provider, options.package);
  checkSchannelUsable(provider, found.name);
  // A copy: the caller may change theirs while a call off the event loop is under way, or before the next acquisition.
  const copies = { ...(winpr && { winpr: { ...winpr } }), ...(kerberos && { kerberos: { ...kerberos } }) };
  const request = { provider, package: found, options: { ...options, ...copies } };
  checkSeparable(request);
  return request;
}

/** Whether contexts may use one native credential: a server that writes its client's identity into it needs one each. */
export function sharesHandle({ provider, package: of, options }: Request): boolean {
  return options.use === "outbound" || includesPackage(provider.traits.sharesInboundCredentials, of.name);
}

/** A password would have to be kept to acquire again with it. */
function checkSeparable(request: Request): void {
  const { identity } = request.options;
  if (identity === undefined || sharesHandle(request)) return;
  throw new RangeError(
    `identity: a server of ${request.package.name} takes none on ${request.provider.label}, where each context acquires a credential of its own`,
  );
}

function checkWinpr(winpr: WinprOptions | undefined, provider: SecurityProvider): void {
  if (winpr === undefined) return;
  if (typeof winpr !== "object" || winpr === null)
    throw new TypeError(`winpr: expected { samFile? }, got ${winpr === null ? "null" : typeof winpr}`);
  if (winpr.samFile !== undefined) checkText(winpr.samFile, "winpr.samFile", { empty: false });
  if (provider.traits.samFile === "none")
    throw new RangeError(`winpr: only WinPR reads these options, not ${provider.label}`);
}
