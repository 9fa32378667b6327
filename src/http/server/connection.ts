import type { Socket } from "node:net";
import type { Handshake } from "./handshake.ts";
import { type HttpUser, releaseUser } from "./http-user.ts";
import type { Verdict } from "./verdict.ts";

/** How many requests may wait on one connection while a leg is under way; honest clients do not pipeline any. */
const mostWaiting = 16;

/** Everything that is known of a connection. The socket is the only key: no header and no address leads here. */
export class Connection {
  readonly socket: Socket;
  /** Whom the requests to come are from; only ever set by a completed handshake on this connection. */
  #user: HttpUser | undefined;
  /** What the current user is answered with: made once, for requests that need no leg. */
  #known: Verdict | undefined;
  /** The user of one request, whose context lives until somebody authenticates again. */
  #visitor: HttpUser | undefined;
  #handshake: Handshake | undefined;
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;
  #shared = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Whether nothing is under way, so that a request without a token can be judged at once. */
  get quiet(): boolean {
    return this.#waiting === 0 && this.#handshake === undefined;
  }

  /** Whether a proxy has said that others may use this connection too. */
  get shared(): boolean {
    return this.#shared;
  }

  /** Nothing persists here from now on. */
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

  /** The verdict on a request without a token; undefined where it is nobody's. */
  get known(): Verdict | undefined {
    return this.#known;
  }

  /** Runs work after what came before it on this connection; undefined where too much waits already. */
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

  /** Ends the handshake that is under way, complete or not; its context is whoever's asked for it before. */
  endHandshake(): void {
    this.#handshake?.end();
    this.#handshake = undefined;
  }

  /** Ends the handshake that is under way, and deletes its context. */
  abandonHandshake(): void {
    const abandoned = this.#handshake;
    this.endHandshake();
    abandoned?.context.close();
  }

  /** Somebody has authenticated: for this request, or for those to come too. */
  welcome(user: HttpUser, persistent: boolean): void {
    this.forget();
    if (!persistent) this.#visitor = user;
    else {
      this.#user = user;
      this.#known = { kind: "user", user, headers: {} };
    }
  }

  /** Nobody is known here any more. */
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
