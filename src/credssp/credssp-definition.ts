import { SCHANNEL_SHUTDOWN } from "../../generated/schannel/constants.ts";
import {
  type AcceptRequest,
  type InitRequest,
  type PackageDefinition,
  PackageError,
  type PackageLeg,
} from "../packages/author/index.ts";
import { packNumber, recordCapabilities, unpackConnection } from "../packages/schannel/index.ts";
import { CredsspConnection } from "./credssp-connection.ts";
import { CredsspCredential } from "./credssp-credential.ts";
import { CredsspError } from "./credssp-error.ts";
import type { CredsspPackageSettings } from "./package-settings.ts";
import { sessionOf } from "./session.ts";

/** Flags that every complete connection has. */
const always = ["confidentiality", "integrity", "sequenceDetect", "replayDetect", "stream", "extendedError"] as const;
/** Flags that the package refuses because it cannot provide them. */
const unsupported: readonly string[] = ["delegate", "promptForCreds", "datagram", "useDceStyle", "nullSession"];
const longestToken = 0x1_2000;

type Init = InitRequest<CredsspCredential, CredsspConnection>;
type Accept = AcceptRequest<CredsspCredential, CredsspConnection>;

/** Returns the package in the form that `definePackage` takes. */
export function credsspDefinition(
  settings: CredsspPackageSettings,
): PackageDefinition<CredsspCredential, CredsspConnection> {
  const connections = new Connections();
  return {
    name: "CREDSSP",
    comment: "CredSSP over the OpenSSL inside Node, and another package for the logon inside",
    maxToken: longestToken,
    capabilities: recordCapabilities,
    reads: ["CREDSSP_CRED"],
    acquireCredentials: (request) => new CredsspCredential(request, settings),
    freeCredentials: (credential) => credential.close(),
    initContext: (request) => connections.leg("client", request),
    acceptContext: (request) => connections.leg("server", request),
    applyControlToken({ context, token }) {
      if (token.length < 4 || token.readUInt32LE() !== SCHANNEL_SHUTDOWN)
        throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
      context.tls.closing = true;
      return context;
    },
    deleteContext: (context) => connections.delete(context),
    openSession: (packed) => sessionOf(connections.find(packed)),
  };
}

/** The connections of one package, by number; the user's side finds a connection by its number. */
class Connections {
  readonly #byId = new Map<bigint, CredsspConnection>();
  #last = 0n;

  leg(side: "client" | "server", request: Init | Accept): PackageLeg<CredsspConnection, never> {
    const context = request.context ?? this.#begin(side, request);
    try {
      const answer = legOf(context, request.token);
      if (answer.status !== "incomplete-message") this.#byId.set(context.id, context);
      // A first leg without a token gives the caller no context, so the context is closed here.
      if (answer.status === "incomplete-message" && !request.context) context.close();
      return answer;
    } catch (error) {
      if (!request.context) context.close();
      throw error;
    }
  }

  /** @throws PackageError for bytes that {@link packNumber} did not make, and if the connection is gone */
  find(packed: Buffer): CredsspConnection {
    return unpackConnection(packed, this.#byId);
  }

  delete(context: CredsspConnection): void {
    this.#byId.delete(context.id);
    context.close();
  }

  #begin(side: "client" | "server", request: Init | Accept): CredsspConnection {
    const { credential, requested } = request;
    if (!credential) throw new PackageError("SEC_E_NO_CREDENTIALS");
    const refused = (requested as readonly string[]).filter((flag) => unsupported.includes(flag));
    // Clients may ask for delegation, because CredSSP always delegates.
    if (refused.some((flag) => side === "server" || flag !== "delegate"))
      throw new CredsspError("SEC_E_UNSUPPORTED_FUNCTION", `it has no ${refused.join(", ")}`);
    this.#last += 1n;
    const target = "target" in request ? request.target : undefined;
    return new CredsspConnection(this.#last, side, credential, target);
  }
}

function legOf(context: CredsspConnection, token: Buffer | undefined): PackageLeg<CredsspConnection, never> {
  if (context.tls.closing)
    return { status: "complete", context, token: context.tls.goodbye(), granted: grantedTo(context) };
  const again = context.complete;
  const made = context.leg(token);
  const granted = grantedTo(context);
  if ("missing" in made) return { status: "incomplete-message", missing: made.missing };
  const parts = { context, token: made.token, extra: made.extra, granted };
  if (!made.complete) return { status: "continue", ...parts };
  return again ? { status: "complete", ...parts } : { status: "complete", ...parts, session: packNumber(context.id) };
}

function grantedTo({ proven }: CredsspConnection): readonly never[] {
  return (proven ? [...always, "mutualAuth"] : always) as readonly string[] as readonly never[];
}
