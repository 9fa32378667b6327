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

/** What both sides may say. */
export interface CredsspStreamOptions
  extends Omit<SecureStreamOptions, "allowMissingClose">,
    InnerPackageOptions,
    CredsspVersionOptions,
    CredsspTlsOptions {}

/** Whose password is handed over: the server logs on with it. */
export interface CredsspIdentity {
  /** The account's name. */
  readonly user: string;
  /** The account's domain or realm; empty or left out where the user's name says it. */
  readonly domain?: string;
  /** Text, or the bytes of its UTF-8, of which no string is made. */
  readonly password: Secret;
}

/** Whom a client of CredSSP talks to, and whose password it hands over. */
export interface CredsspConnectOptions extends CredsspStreamOptions, CredsspTrustOptions {
  /** The server's service principal name, such as `TERMSRV/host.example`: its host's name is in its certificate. */
  readonly target: string;
  /** Whose password is handed over. */
  readonly identity: CredsspIdentity;
}

/** What a server of CredSSP shows, and logs its clients on with. */
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

/** A checked copy. @throws TypeError or RangeError naming the option; a password is never part of the message */
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

/** A checked copy. @throws TypeError or RangeError naming the option */
export function readAcceptOptions(given: CredsspAcceptOptions): CredsspAcceptOptions {
  const options = checkStream(readOptions<CredsspAcceptOptions>(given, "options", acceptNames, hints));
  checkInner(options);
  checkTlsChoices(options);
  checkCiphers(options.ciphers);
  const certificate = readCertificate(options.certificate, "certificate");
  return { ...options, ...readProviderOptions(options), certificate };
}
