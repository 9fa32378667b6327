import { readProviderOptions } from "../credentials/index.ts";
import type { SecureStreamOptions } from "../streams/index.ts";
import { checkStream } from "../streams/stream-options.ts";
import { checkTlsChoices } from "../tls/tls-options.ts";
import {
  checkPrincipalName,
  checkSecret,
  checkText,
  type OptionNames,
  readOptions,
  type Secret,
} from "../values/index.ts";
import {
  type CredsspServerSettings,
  type CredsspTlsOptions,
  type CredsspTrustOptions,
  type CredsspVersionOptions,
  innerNames,
  serverNames,
  tlsNames,
  trustNames,
  versionNames,
} from "./credssp-options.ts";
import { checkInner, type DelegatedIdentity, type InnerPackageOptions } from "./inner-package.ts";
import { checkCiphers } from "./node-tls.ts";
import { readCertificate } from "./server-certificate.ts";

/** The options of both sides. */
export interface CredsspStreamOptions
  extends Omit<SecureStreamOptions, "allowMissingClose">,
    InnerPackageOptions,
    CredsspVersionOptions,
    CredsspTlsOptions {}

/** The identity whose password is sent to the server, which logs on with it. */
export interface CredsspIdentity {
  /** The account's name. */
  readonly user: string;
  /** The account's domain or realm; empty or left out if the user's name contains it. */
  readonly domain?: string;
  /** Text, or its UTF-8 bytes, of which no string is made. */
  readonly password: Secret;
}

/** The server that a CredSSP client talks to, and the identity whose password it sends. */
export interface CredsspConnectOptions extends CredsspStreamOptions, CredsspTrustOptions {
  /**
   * The server's service principal name, such as `TERMSRV/host.example`; the server's certificate has to name the host.
   */
  readonly target: string;
  /** The identity whose password is sent. */
  readonly identity: CredsspIdentity;
}

/** The certificate of a CredSSP server, and the settings of its logons. */
export interface CredsspAcceptOptions extends CredsspStreamOptions, CredsspServerSettings {}

const streamNames: OptionNames<CredsspStreamOptions> = {
  highWaterMark: true,
  readableHighWaterMark: true,
  writableHighWaterMark: true,
  signal: true,
  handshakeTimeout: true,
  allowHalfOpen: true,
  ...innerNames,
  ...versionNames,
  ...tlsNames,
};
const connectNames: OptionNames<CredsspConnectOptions> = {
  ...streamNames,
  ...trustNames,
  target: true,
  identity: true,
};
const acceptNames: OptionNames<CredsspAcceptOptions> = { ...streamNames, ...serverNames };
const identityNames: OptionNames<CredsspIdentity> = { user: true, domain: true, password: true };
const hints = {
  spn: "target",
  user: "identity: { user, domain?, password }",
  cert: "certificate: { cert, key }",
  pfx: "certificate: { pfx }",
};

/** Returns a checked copy. @throws TypeError or RangeError naming the option; the message never contains a password */
export function readConnectOptions(
  given: CredsspConnectOptions,
): CredsspConnectOptions & { readonly identity: DelegatedIdentity } {
  const options = checkStream(readOptions<CredsspConnectOptions>(given, "options", connectNames, hints));
  checkPrincipalName(options.target, "target");
  checkInner(options);
  checkTlsChoices(options);
  checkCiphers(options.ciphers);
  const identity = readOptions<CredsspIdentity>(options.identity, "identity", identityNames);
  const { user, domain = "", password } = identity;
  checkText(user, "identity.user", { empty: false });
  checkText(domain, "identity.domain");
  checkSecret(password, "identity.password");
  return { ...options, identity: { user, domain, password } };
}

/** Returns a checked copy. @throws TypeError or RangeError naming the option */
export function readAcceptOptions(given: CredsspAcceptOptions): CredsspAcceptOptions {
  const options = checkStream(readOptions<CredsspAcceptOptions>(given, "options", acceptNames, hints));
  checkInner(options);
  checkTlsChoices(options);
  checkCiphers(options.ciphers);
  const certificate = readCertificate(options.certificate, "certificate");
  return { ...options, ...readProviderOptions(options), certificate };
}
