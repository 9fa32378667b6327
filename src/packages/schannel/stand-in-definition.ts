import { SCHANNEL_SHUTDOWN } from "../../../generated/schannel/constants.ts";
import {
  SecApplicationProtocolNegotiationExt_ALPN,
  SecApplicationProtocolNegotiationStatus_None,
  SecApplicationProtocolNegotiationStatus_Success,
} from "../../../generated/sspi/constants.ts";
import {
  type AcceptRequest,
  type InitRequest,
  type PackageDefinition,
  PackageError,
  type PackageLeg,
  type Session,
} from "../author/index.ts";
import { schannelStructs } from "../author/supplied-credentials.ts";
import { alpnNames } from "./alpn-names.ts";
import { packNumber, unpackConnection } from "./packed-number.ts";
import { SchannelConnection } from "./schannel-connection.ts";
import { SchannelCredential } from "./schannel-credential.ts";
import type { SchannelStandInOptions } from "./stand-in-options.ts";

/** The flags that a TLS connection always grants. */
const always = ["confidentiality", "integrity", "stream", "sequenceDetect", "replayDetect"] as const;
/** Capabilities of packages whose messages are TLS records. */
export const recordCapabilities = [
  "integrity",
  "privacy",
  "connection",
  "stream",
  "multiRequired",
  "extendedError",
] as const;
const longestToken = 0x6000;

type Init = InitRequest<SchannelCredential, SchannelConnection>;
type Accept = AcceptRequest<SchannelCredential, SchannelConnection>;

/** The connections of one stand-in, by the number with which user mode finds them. */
class Connections {
  readonly #byId = new Map<bigint, SchannelConnection>();
  #last = 0n;

  leg(side: "client" | "server", request: Init | Accept): PackageLeg<SchannelConnection, never> {
    const context = request.context ?? this.#begin(side, request);
    try {
      const answer = legOf(context, request);
      if (answer.status !== "incomplete-message") this.#byId.set(context.id, context);
      // Close the context of an incomplete first leg: the caller owns a context only once it has a token to reply to.
      if (answer.status === "incomplete-message" && !request.context) context.close();
      return answer;
    } catch (error) {
      if (!request.context) context.close();
      throw error;
    }
  }

  /** @throws PackageError for bytes that {@link packNumber} did not make, and if the connection is gone */
  find(packed: Buffer): SchannelConnection {
    return unpackConnection(packed, this.#byId);
  }

  delete(context: SchannelConnection): void {
    this.#byId.delete(context.id);
    context.close();
  }

  #begin(side: "client" | "server", request: Init | Accept): SchannelConnection {
    const { credential, buffers, requested } = request;
    if (!credential) throw new PackageError("SEC_E_NO_CREDENTIALS");
    this.#last += 1n;
    const clientCertificates = side === "server" && requested.some((flag) => flag === "mutualAuth");
    const target = "target" in request ? request.target : undefined;
    const settings = { alpn: alpnNames(buffers), clientCertificates };
    return new SchannelConnection(this.#last, side, credential, settings, target);
  }
}

/** The package's definition for `definePackage`. */
export function standInDefinition(
  options: SchannelStandInOptions,
): PackageDefinition<SchannelCredential, SchannelConnection> {
  const connections = new Connections();
  return {
    name: "Schannel",
    comment: "A stand-in for Windows' Schannel, over the OpenSSL inside Node",
    maxToken: longestToken,
    capabilities: recordCapabilities,
    reads: schannelStructs,
    acquireCredentials: (request) => new SchannelCredential(request, options),
    freeCredentials: (credential) => credential.close(),
    initContext: (request) => connections.leg("client", request),
    acceptContext: (request) => connections.leg("server", request),
    applyControlToken({ context, token }) {
      if (token.length < 4 || token.readUInt32LE() !== SCHANNEL_SHUTDOWN)
        throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
      context.closing = true;
      return context;
    },
    deleteContext: (context) => connections.delete(context),
    openSession: (packed) => sessionOf(connections.find(packed)),
  };
}

function legOf(context: SchannelConnection, { token }: Init | Accept): PackageLeg<SchannelConnection, never> {
  const granted = always as readonly string[] as readonly never[];
  if (context.closing) return { status: "complete", context, token: context.goodbye(), granted };
  const again = context.engine.complete;
  const made = context.leg(token);
  if ("missing" in made) return { status: "incomplete-message", missing: made.missing };
  const parts = { context, token: made.token, extra: made.extra, granted };
  if (!made.complete) return { status: "continue", ...parts };
  return again ? { status: "complete", ...parts } : { status: "complete", ...parts, session: packNumber(context.id) };
}

function sessionOf(context: SchannelConnection): Session {
  return {
    query: {
      streamSizes: () => context.streamSizes,
      connectionInfo: () => context.connectionInfo,
      applicationProtocol: () => applicationProtocol(context),
      remoteCertificate: () => context.remoteCertificate,
    },
    sealRecord: (message) => context.seal(message),
    openRecord: (bytes) => context.open(bytes),
  };
}

function applicationProtocol({ engine }: SchannelConnection) {
  const name = Buffer.from(engine.agreement.alpn ?? "");
  const ProtocolId = Buffer.alloc(255);
  name.copy(ProtocolId);
  return {
    ProtoNegoStatus:
      name.length > 0 ? SecApplicationProtocolNegotiationStatus_Success : SecApplicationProtocolNegotiationStatus_None,
    ProtoNegoExt: SecApplicationProtocolNegotiationExt_ALPN,
    ProtocolIdSize: name.length,
    ProtocolId: new Uint8Array(ProtocolId),
  };
}
