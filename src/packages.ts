/// <reference types="node" preserve="true" />
/// <reference lib="es2022.error" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Security packages (`ntsecpkg.h`): write one in TypeScript, host one in this process.
 *
 * @module sspi-ffi/packages
 */
export * from "./packages/author/index.ts";
export * from "./packages/embedded/index.ts";
export * from "./packages/host/index.ts";
export { SchannelStandIn, type SchannelStandInOptions, schannelStandIn } from "./packages/schannel/index.ts";
export type { TlsCertificate } from "./tls/index.ts";
export { TlsError, TlsUnavailableError } from "./tls/index.ts";
