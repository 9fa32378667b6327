import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Dispatcher, errors } from "undici";
import { type ChallengeField, chosenScheme, type Logon } from "../client/logon.ts";
import type { LogonPolicy } from "../client/logon-options.ts";
import { HttpAuthenticationError } from "../http-authentication-error.ts";
import type { HttpScheme } from "../scheme.ts";
import { isRepeatable, keepBody } from "./kept-body.ts";
import { LegacyHandler } from "./legacy-handler.ts";
import type { PooledConnection } from "./pooled-connection.ts";
import { RawLeg, takesRawLegs } from "./raw-leg.ts";
import { withAuthorization } from "./request-fields.ts";

type Request = Dispatcher.DispatchOptions;
type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;
type Fields = Parameters<NonNullable<Handler["onResponseStart"]>>[2];

/** The source of an exchange's connection, and what it knows about the origin. */
interface ConnectionSource {
  readonly policy: LogonPolicy;
  readonly keepBody: number;
  /** Whether the server asks again on a connection that it has already authenticated. */
  perRequest: boolean;
  logOn(scheme: HttpScheme, socket: Socket): Promise<Logon>;
  release(connection: PooledConnection): void;
}

/** The most bytes of a challenging response that are read and dropped. */
const longestChallenge = 1 << 20;

/**
 * One request of the caller, with the legs of a logon if the server asks for one. It is the handler that undici calls
 * for each leg, and the controller that the caller gets for all of them.
 */
export class Exchange implements Handler, Controller {
  readonly #pool: ConnectionSource;
  readonly #caller: Handler;
  #request: Request;
  #connection: PooledConnection | undefined;
  #leg: Controller | undefined;
  #logon: Logon | undefined;
  #reason: Error | null = null;
  /** Whether the caller has been told the outcome. */
  #told = false;
  /** Whether undici has the request. */
  #sent = false;
  /** Whether the next token is being made, for the connection that this exchange still holds. */
  #answering = false;
  /** The response with the challenge, which the caller does not see. */
  #challenge: { readonly field: ChallengeField; readonly scheme: HttpScheme; size: number } | undefined;
  #refused = false;

  constructor(pool: ConnectionSource, request: Request, caller: Handler) {
    this.#pool = pool;
    this.#request = request;
    this.#caller = caller;
    caller.onRequestStart?.(this, undefined);
  }

  get aborted(): boolean {
    return this.#reason !== null;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  get paused(): boolean {
    return this.#leg?.paused ?? false;
  }

  get rawHeaders() {
    return this.#leg?.rawHeaders ?? null;
  }

  get rawTrailers() {
    return this.#leg?.rawTrailers ?? null;
  }

  pause(): void {
    this.#leg?.pause();
  }

  resume(): void {
    this.#leg?.resume();
  }

  /** Ends the request in any state. */
  abort(reason?: Error): void {
    if (this.#reason) return;
    this.#reason = reason ?? new errors.RequestAbortedError();
    if (this.#sent && this.#leg) this.#leg.abort(this.#reason);
    else if (this.#answering) this.#tellError(this.#reason);
    else this.fail(this.#reason);
  }

  /** Sends the request on a connection that this exchange owns until it gives it back. */
  start(connection: PooledConnection): void {
    this.#connection = connection;
    const { body } = this.#request;
    // A request on an authenticated connection is not sent again, so its body may be a stream.
    if ((connection.authenticated && !this.#pool.perRequest) || isRepeatable(body ?? null)) this.#send();
    else void this.#keepBody(body as Iterable<unknown>);
  }

  /**
   * Tells the caller of an error once, and gives the connection back unless undici is still going to end the request.
   */
  fail(error: Error): void {
    this.#tellError(error);
    if (!this.#sent) this.#release();
  }

  onRequestStart(controller: Controller): void {
    this.#leg = controller;
    if (this.#reason) controller.abort(this.#reason);
    // A token is valid only for the connection that it was made for; undici may have opened another one.
    else if (this.#logon && this.#logon.socket !== this.#connection?.socket)
      controller.abort(new HttpAuthenticationError("connection-lost"));
  }

  onRequestUpgrade(_: Controller, status: number, fields: Fields, socket: Duplex): void {
    const refusal = this.#refusalOf(fields);
    if (refusal) {
      socket.destroy();
      this.#giveUp(refusal);
      return;
    }
    this.#told = true;
    try {
      this.#caller.onRequestUpgrade?.(this, status, fields, socket);
    } finally {
      this.#release();
    }
  }

  onResponseStarted(): void {
    this.#caller.onResponseStarted?.();
  }

  onResponseStart(controller: Controller, status: number, fields: Fields, message?: string): void {
    this.takeHead(controller, status, () => fields, message);
  }

  /** Like the response callback, but with fields that are parsed only if the exchange needs them. */
  takeHead(controller: Controller, status: number, parse: () => Fields, message?: string): void {
    if (status === 401) {
      const field = parse()["www-authenticate"];
      const scheme = this.#schemeToAnswer(field);
      if (scheme) {
        this.#challenge = { field, scheme, size: 0 };
        return;
      }
      this.#refused = true;
    } else if (this.#logon) {
      // Interim responses before the final one carry no token to check.
      if (status < 200) return;
      const refusal = this.#refusalOf(parse());
      if (refusal) {
        controller.abort(refusal);
        return;
      }
    }
    // The older kind of handler takes the fields in the form in which they were received.
    const fields = this.#caller instanceof LegacyHandler && this.rawHeaders ? {} : parse();
    this.#caller.onResponseStart?.(this, status, fields, message);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (!this.#challenge) this.#caller.onResponseData?.(this, chunk);
    else {
      this.#challenge.size += chunk.length;
      if (this.#challenge.size > longestChallenge)
        controller.abort(new HttpAuthenticationError("challenge-too-long", { status: 401 }));
    }
  }

  onResponseEnd(_: Controller, trailers: Fields): void {
    this.takeEnd(() => trailers);
  }

  takeEnd(parse: () => Fields): void {
    if (this.#challenge) {
      void this.#answer(this.#challenge);
      return;
    }
    try {
      this.#caller.onResponseEnd?.(this, this.#caller instanceof LegacyHandler && this.rawTrailers ? {} : parse());
      this.#told = true;
    } finally {
      // Wait: undici has not finished with the response, and may be about to close the connection.
      queueMicrotask(() => this.#endResponse());
    }
  }

  onResponseError(_: Controller, error: Error): void {
    if (this.#logon) this.#giveUp(this.#reason ?? error);
    else {
      this.#tellError(this.#reason ?? error);
      this.#release();
    }
  }

  #send(authorization?: string): void {
    this.#challenge = undefined;
    this.#leg = undefined;
    this.#sent = true;
    const request = this.#request;
    const headers =
      authorization === undefined ? request.headers : withAuthorization(request.headers ?? {}, authorization);
    this.#connection?.client.dispatch(
      authorization === undefined ? request : ({ ...request, headers } as Request),
      takesRawLegs() ? new RawLeg(this) : this,
    );
  }

  async #keepBody(body: Iterable<unknown>): Promise<void> {
    try {
      this.#request = { ...this.#request, body: await keepBody(body, this.#pool.keepBody) };
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    if (!this.#reason) this.#send();
  }

  /** Returns the scheme to answer a 401 with; undefined if the caller gets the 401. @throws HttpAuthenticationError */
  #schemeToAnswer(field: ChallengeField): HttpScheme | undefined {
    if (this.#logon) return this.#logon.continues(field) ? this.#logon.scheme : undefined;
    const scheme = chosenScheme(this.#pool.policy, field);
    if (!scheme) return undefined;
    if (this.#connection?.authenticated) this.#pool.perRequest = true;
    if (isRepeatable(this.#request.body ?? null)) return scheme;
    throw new HttpAuthenticationError("body-not-kept", { status: 401 });
  }

  async #answer({ field, scheme }: { readonly field: ChallengeField; readonly scheme: HttpScheme }): Promise<void> {
    this.#sent = false;
    this.#answering = true;
    const connection = this.#connection as PooledConnection;
    connection.authenticated = false;
    let authorization: string;
    try {
      // Wait until undici has closed the connection, which it does if this was the last response on it.
      await undefined;
      const begun = this.#logon;
      this.#logon ??= await this.#pool.logOn(scheme, await connection.open());
      authorization = await this.#logon.answer(begun && field);
      if (this.#reason) throw this.#reason;
    } catch (error) {
      this.#giveUp(error as Error);
      return;
    } finally {
      this.#answering = false;
    }
    this.#send(authorization);
  }

  /** Returns why a server that accepts the client is not trusted; the caller must then see nothing of its response. */
  #refusalOf(fields: Fields): Error | undefined {
    if (!this.#logon) return undefined;
    try {
      this.#logon.finish(fields["www-authenticate"]);
    } catch (error) {
      return error as Error;
    }
    (this.#connection as PooledConnection).authenticated = true;
    if (fields["persistent-auth"] === "false") this.#pool.perRequest = true;
    return undefined;
  }

  /**
   * Fails the request and drops its connection: servers keep the state of a failed handshake, so nobody can use the
   * connection again.
   */
  #giveUp(error: Error): void {
    this.#tellError(error);
    this.#connection?.discard();
    this.#release();
  }

  #endResponse(): void {
    if (this.#refused) this.#connection?.discard();
    this.#release();
  }

  #tellError(error: Error): void {
    if (this.#told) return;
    this.#told = true;
    this.#caller.onResponseError?.(this, error);
  }

  #release(): void {
    this.#logon?.close();
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) this.#pool.release(connection);
  }
}
