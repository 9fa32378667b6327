import type { ServerContext } from "../../contexts/index.ts";
import type { HttpScheme } from "../scheme.ts";

/** An authentication that has begun on a connection, and needs more legs. */
export class Handshake {
  readonly scheme: HttpScheme;
  readonly context: ServerContext;
  readonly #ended: (handshake: Handshake) => void;
  /** Whether a leg is under way; between legs it is the client's turn. */
  busy = false;
  /** Whether NTLM was seen in it. */
  ntlm = false;

  constructor(scheme: HttpScheme, context: ServerContext, ended: (handshake: Handshake) => void) {
    this.scheme = scheme;
    this.context = context;
    this.#ended = ended;
  }

  /** No further leg is expected. Harmless when repeated. */
  end(): void {
    this.#ended(this);
  }
}
