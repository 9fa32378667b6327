import type { ServerContext } from "../../contexts/index.ts";
import type { HttpScheme } from "../scheme.ts";
import { Handshake } from "./handshake.ts";

/** Called when a handshake is given up: because it took too long, or to make room for another. */
export type GiveUp = (reason: "timeout" | "too-many-pending") => void;

interface Begun {
  readonly giveUp: GiveUp;
  readonly timer: NodeJS.Timeout;
}

/**
 * The handshakes in progress. Each costs a context, so their number and duration are limited. If there is no room, the
 * oldest handshake that waits for its client is given up, because that client most probably never comes back: a client
 * that begins thousands of handshakes cannot lock out others.
 */
export class PendingHandshakes {
  /** The handshakes in the order in which they began. */
  readonly #begun = new Map<Handshake, Begun>();
  readonly #most: number;
  readonly #milliseconds: number;

  constructor(most: number, milliseconds: number) {
    this.#most = most;
    this.#milliseconds = milliseconds;
  }

  get count(): number {
    return this.#begun.size;
  }

  /**
   * Makes room for one more handshake. Returns false if all handshakes wait for the package and not for their client.
   */
  makeRoom(): boolean {
    if (this.#begun.size < this.#most) return true;
    for (const [handshake, { giveUp }] of this.#begun) {
      if (handshake.busy) continue;
      giveUp("too-many-pending");
      return true;
    }
    return false;
  }

  begin(scheme: HttpScheme, context: ServerContext, giveUp: GiveUp): Handshake {
    const handshake = new Handshake(scheme, context, (ended) => this.#end(ended));
    const timer = setTimeout(() => giveUp("timeout"), this.#milliseconds).unref();
    this.#begun.set(handshake, { giveUp, timer });
    return handshake;
  }

  #end(handshake: Handshake): void {
    clearTimeout(this.#begun.get(handshake)?.timer);
    this.#begun.delete(handshake);
  }
}
