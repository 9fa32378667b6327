import type { ServerContext } from "../../contexts/index.ts";
import type { HttpScheme } from "../scheme.ts";

/** An authentication that has begun on a connection and needs more legs. */
export class Handshake {
  readonly scheme: HttpScheme;
  readonly context: ServerContext;
  readonly #ended: (handshake: Handshake) => void;
  /** Whether a leg is in progress; between legs the server waits for the client. */
  busy = false;
  /** Whether one of its tokens contained NTLM. */
  ntlm = false;

  constructor(scheme: HttpScheme, context: ServerContext, ended: (handshake: Handshake) => void) {
    this.scheme = scheme;
    this.context = context;
    this.#ended = ended;
  }

  /** Marks that no further leg is expected. Harmless when repeated. */
  end(): void {
    this.#ended(this);
  }
}
