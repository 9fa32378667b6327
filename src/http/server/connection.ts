import type { Socket } from "node:net";
import type { Handshake } from "./handshake.ts";
import { type HttpUser, releaseUser } from "./http-user.ts";
import type { Verdict } from "./verdict.ts";

/** The most requests that may wait on one connection while a leg is in progress; honest clients do not pipeline any. */
const mostWaiting = 16;

/** The state of one connection. The socket is its only key: no header and no address selects it. */
export class Connection {
  readonly socket: Socket;
  /** The user of later requests; only a completed handshake on this connection sets it. */
  #user: HttpUser | undefined;
  /** The verdict for the current user, made once for requests that need no leg. */
  #known: Verdict | undefined;
  /** The user of one request, whose context lives until the connection authenticates again. */
  #visitor: HttpUser | undefined;
  #handshake: Handshake | undefined;
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;
  #shared = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Whether no handshake is in progress, so that a request without a token gets its verdict at once. */
  get quiet(): boolean {
    return this.#waiting === 0 && this.#handshake === undefined;
  }

  /** Whether a proxy has said that others may use this connection too. */
  get shared(): boolean {
    return this.#shared;
  }

  /** Stops any authentication from persisting on this connection. */
  share(): void {
    this.#shared = true;
    this.forget();
  }

  get closed(): boolean {
    return this.#closed;
  }

  get handshake(): Handshake | undefined {
    return this.#handshake;
  }

  /** Returns the verdict on a request without a token; undefined if the connection has no user. */
  get known(): Verdict | undefined {
    return this.#known;
  }

  /** Runs work after the earlier work on this connection; returns undefined if too many requests already wait. */
  inTurn(work: () => Promise<Verdict>): Promise<Verdict> | undefined {
    if (this.#waiting >= mostWaiting) return undefined;
    this.#waiting += 1;
    const done = this.#turn.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#turn = done.catch(() => {});
    return done;
  }

  begin(handshake: Handshake): void {
    this.#handshake = handshake;
  }

  /**
   * Ends the handshake in progress, complete or not, without closing its context: the code that took the context owns
   * it.
   */
  endHandshake(): void {
    this.#handshake?.end();
    this.#handshake = undefined;
  }

  /** Ends the handshake in progress, and deletes its context. */
  abandonHandshake(): void {
    const abandoned = this.#handshake;
    this.endHandshake();
    abandoned?.context.close();
  }

  /** Sets the authenticated user, for this request only or for later requests too. */
  welcome(user: HttpUser, persistent: boolean): void {
    this.forget();
    if (!persistent) this.#visitor = user;
    else {
      this.#user = user;
      this.#known = { kind: "user", user, headers: {} };
    }
  }

  /** Forgets the user and deletes the user's context. */
  forget(): void {
    const known = [this.#user, this.#visitor];
    this.#user = undefined;
    this.#visitor = undefined;
    this.#known = undefined;
    for (const user of known) if (user) releaseUser(user);
  }

  close(): void {
    this.#closed = true;
    this.abandonHandshake();
    this.forget();
  }
}
