/// <reference types="node" preserve="true" />
/// <reference lib="es2022.error" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * CredSSP (MS-CSSP): a logon inside TLS that hands a password to the server, as remote desktops and WinRM require.
 * Available as a security package and as a stream.
 *
 * @module sspi-ffi/credssp
 */
export { CredsspError } from "./credssp/credssp-error.ts";
export { CredsspHost, type CredsspHostOptions, credsspHost } from "./credssp/credssp-host.ts";
export type {
  CredsspServerSettings,
  CredsspTlsOptions,
  CredsspTrustOptions,
  CredsspVersionOptions,
} from "./credssp/credssp-options.ts";
export { CredsspStream } from "./credssp/credssp-stream.ts";
export type { DelegatedCredentials } from "./credssp/delegated-credentials.ts";
export type { InnerPackageOptions, InnerServerOptions } from "./credssp/inner-package.ts";
export type { CertificatePin } from "./credssp/server-trust.ts";
export type {
  CredsspAcceptOptions,
  CredsspConnectOptions,
  CredsspIdentity,
  CredsspStreamOptions,
} from "./credssp/stream-options.ts";
export type { TlsCertificate } from "./tls/index.ts";
