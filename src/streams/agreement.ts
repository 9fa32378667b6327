import { X509Certificate } from "node:crypto";
import { SecApplicationProtocolNegotiationStatus_Success } from "../../generated/sspi/constants.ts";
import type { ClientContext, ServerContext } from "../contexts/index.ts";
import { SspiError } from "../status/index.ts";

type Queried = Pick<ClientContext | ServerContext, "query">;

/** What a handshake came to, read at once and kept: a context that has a leg under way does not answer. */
export class Agreement {
  /** False where there is none. */
  readonly alpnProtocol: string | false;
  readonly #der: Uint8Array | undefined;
  #certificate: X509Certificate | undefined;

  constructor(context: Queried) {
    this.alpnProtocol = alpnProtocolOf(context);
    this.#der = unlessRefused(() => context.query("remoteCertificate"));
  }

  /** The peer's; undefined where it has shown none, or the package has no such thing. */
  get certificate(): X509Certificate | undefined {
    if (this.#der && this.#der.length > 0) this.#certificate ??= new X509Certificate(this.#der);
    return this.#certificate;
  }
}

function alpnProtocolOf(context: Queried): string | false {
  const protocol = unlessRefused(() => context.query("applicationProtocol"));
  if (protocol?.ProtoNegoStatus !== SecApplicationProtocolNegotiationStatus_Success) return false;
  return Buffer.from(protocol.ProtocolId).toString("latin1", 0, protocol.ProtocolIdSize);
}

function unlessRefused<T>(query: () => T): T | undefined {
  try {
    return query();
  } catch (error) {
    if (error instanceof SspiError) return undefined;
    throw error;
  }
}
