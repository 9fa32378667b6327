import { checkProvider, includesPackage, type SecurityProvider } from "../native/index.ts";
import {
  cancelNames,
  checkName,
  checkPrincipalName,
  checkText,
  type OptionHints,
  type OptionNames,
  readOptions,
  unset,
} from "../values/index.ts";
import { checkForPackage, checkForProvider, readAuthData } from "./auth-data.ts";
import type { AcquireOptions, CredentialOptions, Request, WinprOptions } from "./credential-options.ts";
import { uses } from "./credential-use.ts";
import { checkKerberos, type KerberosOptions } from "./kerberos-options.ts";
import { providerFor } from "./provider-for.ts";
import { checkSchannelUsable } from "./schannel/schannel-packages.ts";
import { findPackage } from "./security-packages.ts";
import { checkNamed } from "./unnamed-provider-error.ts";

const credentialNames: OptionNames<CredentialOptions> = {
  package: true,
  use: true,
  identity: true,
  schannel: true,
  credssp: true,
  principal: true,
  winpr: true,
  kerberos: true,
  provider: true,
};
const noCredentialOptions = unset(credentialNames);
const acquireNames: OptionNames<AcquireOptions> = { ...credentialNames, ...cancelNames };
const noAcquireOptions = unset(acquireNames);
const winprNames: OptionNames<WinprOptions> = { samFile: true };
const noWinprOptions = unset(winprNames);
const kerberosNames: OptionNames<KerberosOptions> = {
  ccache: true,
  keytab: true,
  clientKeytab: true,
  replayCache: true,
};

/** Hints for callers who write the members of an option directly into `options`. */
const hints: OptionHints = {
  user: "identity: { user, domain?, password }",
  username: "identity: { user, domain?, password }",
  password: "identity: { user, domain?, password }",
  domain: "identity: { user, domain?, password }",
  packageList: "identity: { packageList }",
  samFile: "winpr: { samFile }",
  certificates: "schannel: { certificates }",
};

/**
 * Checks the options of a credential.
 *
 * @throws TypeError or RangeError naming the option, SspiError for a package that the provider does not have.
 */
export function checkOptions(given: CredentialOptions): Request {
  return requestOf(
    readOptions<CredentialOptions>(given, "options", credentialNames, hints, { ...noCredentialOptions }),
  );
}

/** Checks the same options, and how long the caller waits. @throws TypeError, RangeError, SspiError */
export function checkAcquireOptions(given: AcquireOptions): Request {
  return requestOf(readOptions<AcquireOptions>(given, "options", acquireNames, hints, { ...noAcquireOptions }));
}

/** `options` is a copy of the caller's, in which checked copies replace the parts. */
function requestOf(options: { -readonly [Name in keyof AcquireOptions]: AcquireOptions[Name] }): Request {
  checkText(options.package, "package", { empty: false });
  checkName(options.use, "use", uses);
  if (options.principal !== undefined) checkPrincipalName(options.principal, "principal");
  readAuthData(options);
  if (options.winpr !== undefined || options.kerberos !== undefined)
    Object.assign(options, readProviderOptions(options));
  checkForPackage(options);
  const provider = options.provider === undefined ? providerFor(options.package) : checkProvider(options.provider);
  checkForProvider({ provider, options });
  checkWinpr(options.winpr, provider);
  checkPrincipal(options, provider);
  checkNamed(provider, options);
  checkKerberos(options, provider);
  const found = findPackage(provider, options.package);
  checkSchannelUsable(provider, found.name);
  const request = { provider, package: found, options };
  checkSeparable(request);
  return request;
}

type ProviderOptions = Pick<CredentialOptions, "winpr" | "kerberos">;

/**
 * Checked copies of options that only some providers read. Every given option is read: null does not mean that it is
 * omitted.
 */
export function readProviderOptions({ winpr, kerberos }: ProviderOptions, prefix = ""): ProviderOptions {
  const at = { winpr: `${prefix}winpr`, kerberos: `${prefix}kerberos` };
  return {
    ...(winpr !== undefined && {
      winpr: readOptions<WinprOptions>(winpr, at.winpr, winprNames, undefined, { ...noWinprOptions }),
    }),
    ...(kerberos !== undefined && { kerberos: readOptions<KerberosOptions>(kerberos, at.kerberos, kerberosNames) }),
  };
}

/**
 * Whether contexts may share one native credential: a server that writes its client's identity into the credential
 * needs one for each context.
 */
export function sharesHandle({ provider, package: of, options }: Request): boolean {
  return options.use === "outbound" || includesPackage(provider.traits.sharesInboundCredentials, of.name);
}

/**
 * Refuses an identity for contexts that acquire a credential each: its password would have to be kept.
 *
 * @throws RangeError
 */
function checkSeparable(request: Request): void {
  const { identity } = request.options;
  if (identity === undefined || sharesHandle(request)) return;
  throw new RangeError(
    `identity: a server of ${request.package.name} takes none on ${request.provider.label}, where each context acquires a credential of its own`,
  );
}

/** @throws RangeError if a server would ignore the principal and accept clients for all its keys. */
function checkPrincipal({ principal, use }: CredentialOptions, { label, traits }: SecurityProvider): void {
  if (principal === undefined || use === "outbound" || traits.enforcesPrincipal) return;
  throw new RangeError(
    `principal: a server on ${label} takes clients for every key of its keytab; give it a keytab with that key alone`,
  );
}

function checkWinpr(winpr: WinprOptions | undefined, provider: SecurityProvider): void {
  if (winpr === undefined) return;
  if (winpr.samFile !== undefined) checkText(winpr.samFile, "winpr.samFile", { empty: false });
  if (provider.traits.samFile === "none")
    throw new RangeError(`winpr: only WinPR reads these options, not ${provider.label}`);
}
