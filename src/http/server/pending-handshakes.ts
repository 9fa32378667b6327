import type { ServerContext } from "../../contexts/index.ts";
import type { HttpScheme } from "../scheme.ts";
import { Handshake } from "./handshake.ts";

/** What becomes of a handshake that is given up: because it took too long, or to make room for another. */
export type GiveUp = (reason: "timeout" | "too-many-pending") => void;

interface Begun {
  readonly giveUp: GiveUp;
  readonly timer: NodeJS.Timeout;
}

/**
 * The handshakes that are under way. Each costs a context, so there are only so many, each for so long. Where there is
 * no room the oldest that waits for its client goes, as its client most probably never comes back: whoever begins
 * handshakes by the thousand keeps nobody else out.
 */
export class PendingHandshakes {
  /** In the order in which they began. */
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

  /** Makes room for one more. False where everything that is under way waits for the package and not for its client. */
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
