import { type IncomingMessage, maxHeaderSize as nodesMaxHeaderSize } from "node:http";
import type { Socket } from "node:net";
import { DisposedError, originOf } from "../../memory/index.ts";
import { httpChannel, tracedVerdict } from "../../tracing/index.ts";
import { checkCallback, checkFunction, shapeOf } from "../../values/index.ts";
import { HttpAuthenticationError, type HttpAuthenticationReason } from "../http-authentication-error.ts";
import { type FastifyHook, fastify } from "./adapters/fastify.ts";
import { type GuardedHandler, guard, type PreflightHandler, type RequestListener } from "./adapters/guard.ts";
import { type HonoMiddleware, hono } from "./adapters/hono.ts";
import { type KoaMiddleware, koa } from "./adapters/koa.ts";
import { type Middleware, middleware } from "./adapters/middleware.ts";
import { type GuardedUpgrade, type UpgradeListener, upgrade } from "./adapters/upgrade.ts";
import { Authentication } from "./authentication.ts";
import { type HttpAuthenticatorOptions, type Policy, policyOf } from "./authenticator-options.ts";
import { Connection } from "./connection.ts";
import { isCrossSite, isPreflight } from "./cross-site.ts";
import { wasForwarded } from "./forwarded.ts";
import { warnOfLittleRoom } from "./header-room.ts";
import { answer, type Verdict } from "./verdict.ts";

/**
 * Single sign-on for HTTP servers: authenticates the sender of a request with Kerberos or NTLM, without a typed
 * password. An authentication belongs to the connection that it was made on; no header identifies a user.
 *
 * Close it, or declare it with `using`. Closing forgets all users; open connections stay open.
 */
export class HttpAuthenticator implements Disposable {
  readonly #policy: Policy;
  readonly #connections = new Map<Socket, Connection>();
  readonly #origin = originOf("HttpAuthenticator");
  #closed = false;

  /**
   * Acquires the credentials that accept clients.
   *
   * @throws TypeError or RangeError naming the option that is wrong, or that the provider does not enforce.
   * @throws SspiError if there are no credentials: `SEC_E_NO_CREDENTIALS`, `SEC_E_SECPKG_NOT_FOUND` …
   * @see AcquireCredentialsHandleW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acquirecredentialshandlew
   */
  constructor(options: HttpAuthenticatorOptions) {
    this.#policy = policyOf(options);
  }

  /**
   * Options for `createServer`: the ticket of a user in many groups does not fit into Node's default limit for headers
   * (`maxHeaderSize`, in bytes), so Node would answer 431 before this class sees the request.
   */
  get serverOptions(): { readonly maxHeaderSize: number } {
    return { maxHeaderSize: Math.ceil(this.#policy.maxToken / 3) * 4 + nodesMaxHeaderSize };
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The number of handshakes that wait for their next leg. */
  get pending(): number {
    return this.#policy.pending.count;
  }

  /**
   * Returns the verdict on a request, for frameworks without an adapter here. It returns a promise only if the request
   * has a token to check. Pass every request of a connection, in order: a request that is not passed has no
   * authenticated user.
   *
   * @throws TypeError if the argument is not a request of node:http, DisposedError after {@link close}
   * @see AcceptSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acceptsecuritycontext
   */
  check(request: IncomingMessage): Verdict | Promise<Verdict> {
    this.#refuseClosed();
    checkRequest(request);
    return httpChannel.hasSubscribers ? tracedVerdict(() => this.#verdictOf(request)) : this.#verdictOf(request);
  }

  #verdictOf(request: IncomingMessage): Verdict | Promise<Verdict> {
    if (request.httpVersionMajor >= 2) return { kind: "http1-required" };
    const { passesPreflights, crossSite, pinned } = this.#policy;
    if (passesPreflights && isPreflight(request)) return { kind: "preflight" };
    if (crossSite && isCrossSite(request, crossSite)) return this.#refuse("cross-site", 403, request);
    const connection = this.#connectionOf(checkSocket(request));
    if (!pinned && !connection.shared && wasForwarded(request.headers)) connection.share();
    const authentication = new Authentication(this.#policy, connection, request);
    if (request.headers.authorization === undefined && connection.quiet) return authentication.known();
    return connection.inTurn(() => authentication.run()) ?? this.#refuse("too-many-waiting", 503, request);
  }

  /**
   * Returns a listener for `createServer` of node:http, https and http2 (with `allowHTTP1`) that calls the handler for
   * authenticated users only.
   *
   * @param onPreflight answers CORS preflights if `preflight` is `pass`.
   * @throws TypeError naming the argument that is wrong, DisposedError after {@link close}
   */
  guard(handler: GuardedHandler, onPreflight?: PreflightHandler): RequestListener {
    this.#refuseClosed();
    checkCallback(handler, "handler");
    checkFunction(onPreflight, "onPreflight");
    if (this.#policy.passesPreflights !== (onPreflight !== undefined))
      throw new TypeError('onPreflight: expected a function exactly where the option preflight is "pass"');
    return guard(this, handler, onPreflight);
  }

  /** For `app.use` of Express 4 and 5 and Connect; sets `request.user`. @throws DisposedError after {@link close} */
  middleware(): Middleware {
    this.#refuseClosed();
    return middleware(this);
  }

  /** For `app.addHook("onRequest", …)` of Fastify; sets `request.user`. @throws DisposedError after {@link close} */
  fastify(): FastifyHook {
    this.#refuseClosed();
    return fastify(this);
  }

  /** For `app.use` of Koa; sets `context.state.user`. @throws DisposedError after {@link close} */
  koa(): KoaMiddleware {
    this.#refuseClosed();
    return koa(this);
  }

  /** For `app.use` of Hono on @hono/node-server; `context.get("user")` is the user. @throws DisposedError after {@link close} */
  hono(): HonoMiddleware {
    this.#refuseClosed();
    return hono(this);
  }

  /**
   * For `server.on("upgrade", …)`: accepts WebSockets of authenticated users only. A handshake has only one leg here,
   * which is enough for Kerberos.
   *
   * @throws TypeError if the argument is not a function, DisposedError after {@link close}
   */
  upgrade(handler: GuardedUpgrade): UpgradeListener {
    this.#refuseClosed();
    return upgrade(this, checkCallback(handler, "handler"));
  }

  /** Forgets all users, gives up handshakes in progress and frees the credentials. Harmless when repeated. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
    for (const { credential } of this.#policy.acceptors) credential.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #refuseClosed(): void {
    if (this.#closed) throw new DisposedError("HttpAuthenticator", this.#origin);
  }

  #connectionOf(socket: Socket): Connection {
    const known = this.#connections.get(socket);
    if (known) return known;
    const connection = new Connection(socket);
    warnOfLittleRoom(socket, this.serverOptions.maxHeaderSize);
    if (socket.destroyed) {
      connection.close();
      return connection;
    }
    this.#connections.set(socket, connection);
    socket.once("close", () => {
      this.#connections.delete(socket);
      connection.close();
    });
    return connection;
  }

  #refuse(reason: HttpAuthenticationReason, status: 403 | 503, request: IncomingMessage): Verdict {
    this.#policy.onRefusal?.(new HttpAuthenticationError(reason, { status }), request);
    return answer(status, status === 503 ? { Connection: "close" } : {});
  }
}

function checkRequest(request: unknown): void {
  const { headers } = (typeof request === "object" && request ? request : {}) as Partial<IncomingMessage>;
  if (typeof headers !== "object" || headers === null)
    throw new TypeError(`request: expected a request of node:http, got ${shapeOf(request)}`);
}

/**
 * Returns the request's socket. Authentication belongs to a connection, and requests made up by a test or a framework
 * have none.
 */
function checkSocket({ socket }: IncomingMessage): Socket {
  if (typeof (socket as Partial<Socket> | undefined)?.once !== "function")
    throw new TypeError(`request.socket: expected the connection that the request came on, got ${shapeOf(socket)}`);
  return socket;
}
