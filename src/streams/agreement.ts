import { X509Certificate } from "node:crypto";
import { SecApplicationProtocolNegotiationStatus_Success } from "../../generated/sspi/constants.ts";
import type { ClientContext, ServerContext } from "../contexts/index.ts";
import { SspiError } from "../status/index.ts";

type Queried = Pick<ClientContext | ServerContext, "query">;

/**
 * The result of a handshake. It is read at once and kept, because a context with a leg in progress cannot be queried.
 */
export class Agreement {
  /** The ALPN protocol; false if there is none. */
  readonly alpnProtocol: string | false;
  readonly #der: Uint8Array | undefined;
  #certificate: X509Certificate | undefined;

  constructor(context: Queried) {
    this.alpnProtocol = alpnProtocolOf(context);
    this.#der = unlessRefused(() => context.query("remoteCertificate"));
  }

  /** The peer's certificate; undefined if the peer has sent none, or the package has no certificates. */
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
