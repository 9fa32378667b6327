/// <reference types="node" preserve="true" />
/// <reference lib="es2022.error" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Single sign-on over HTTP for `fetch` and undici: logs on to the web servers and proxies that ask for a logon.
 *
 * @module sspi-ffi/http/undici
 */

export type { ClientBindingPolicy, LogonOptions } from "./http/client/logon-options.ts";
export type { ProxyOptions } from "./http/client/proxy-options.ts";
export type { HttpAuthenticationDetails, HttpAuthenticationReason } from "./http/http-authentication-error.ts";
export { HttpAuthenticationError } from "./http/http-authentication-error.ts";
export type { HttpScheme } from "./http/scheme.ts";
export type { NegotiateDispatcherOptions } from "./http/undici/dispatcher-options.ts";
export { NegotiateDispatcher } from "./http/undici/negotiate-dispatcher.ts";
