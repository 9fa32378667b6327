/// <reference types="node" preserve="true" />
/// <reference lib="es2022.error" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Single sign-on over HTTP by Kerberos or NTLM: a server learns who its caller is, and a client gets through a proxy
 * that asks for a logon.
 *
 * @module sspi-ffi/http
 */
export type { ClientBindingPolicy, LogonOptions } from "./http/client/logon-options.ts";
export { NegotiateProxyAgent } from "./http/client/negotiate-proxy-agent.ts";
export type { ProxyOptions } from "./http/client/proxy-options.ts";
export type { HttpAuthenticationDetails, HttpAuthenticationReason } from "./http/http-authentication-error.ts";
export { HttpAuthenticationError } from "./http/http-authentication-error.ts";
export type { HttpScheme } from "./http/scheme.ts";
export type { AcceptingCredential } from "./http/server/acceptors.ts";
export type { FastifyHook, FastifyReplyLike, FastifyRequestLike } from "./http/server/adapters/fastify.ts";
export type { GuardedHandler, PreflightHandler, RequestListener } from "./http/server/adapters/guard.ts";
export type { HonoContextLike, HonoMiddleware } from "./http/server/adapters/hono.ts";
export type { KoaContextLike, KoaMiddleware } from "./http/server/adapters/koa.ts";
export type { AuthenticatedRequest, Middleware } from "./http/server/adapters/middleware.ts";
export type { GuardedUpgrade, UpgradeListener } from "./http/server/adapters/upgrade.ts";
export type { HttpAuthenticatorOptions } from "./http/server/authenticator-options.ts";
export { HttpAuthenticator } from "./http/server/http-authenticator.ts";
export { HttpUser } from "./http/server/http-user.ts";
export type { BindingPolicy } from "./http/server/socket-bindings.ts";
export type { HeaderFields, Verdict } from "./http/server/verdict.ts";
