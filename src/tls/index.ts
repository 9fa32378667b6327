export type { TlsAgreement } from "./agreement.ts";
export { TlsUnavailableError } from "./openssl.ts";
export { TlsContext } from "./tls-context.ts";
export { TlsEngine, type TlsEngineOptions } from "./tls-engine.ts";
export { TlsError, type TlsFailure } from "./tls-error.ts";
export type { Pem, TlsCertificate, TlsClientOptions, TlsOptions, TlsServerOptions, TlsVersion } from "./tls-options.ts";
export { tlsVersions } from "./tls-options.ts";
export type { TlsPeer } from "./tls-peer.ts";
