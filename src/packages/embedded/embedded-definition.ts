import {
  type AcceptRequest,
  type CredentialRequest,
  type InitRequest,
  type PackageDefinition,
  PackageError,
  type PackageLeg,
} from "../author/index.ts";
import {
  bindingsHash,
  checkProof,
  type Greeting,
  packChallenge,
  packGreeting,
  packProof,
  readChallenge,
  readGreeting,
  sessionSecret,
} from "./exchange.ts";
import { type KeyStore, maxName } from "./key-store.ts";
import { ProtectedSession } from "./protected-session.ts";
import { packState, type SessionState } from "./session-state.ts";

/** The package's name, with which callers acquire credentials. */
export const embeddedPackage = "SspiFfiPsk";

export interface Settings {
  readonly keys: KeyStore;
  readonly server: string;
  /** The lifetime of sessions, in seconds. */
  readonly lifetime: number;
}

interface PskCredential {
  /** The user's name for clients; undefined for servers. */
  readonly user: string | undefined;
  /** The only target that a server accepts; undefined if it accepts any. */
  readonly service: string | undefined;
}

/** The state of an exchange between its legs. */
interface PskContext extends Greeting {
  readonly greeting: Buffer;
  readonly challenge?: Buffer;
  /** When the session ends, in milliseconds. */
  readonly expiry?: number;
  /** The packed session, which the session receives; wiped with this context. */
  readonly packed?: Buffer;
}

const granted = ["mutualAuth", "replayDetect", "sequenceDetect", "confidentiality", "integrity"] as const;
const none = { generation: 0, next: 0 };

export function embeddedDefinition(settings: Settings): PackageDefinition<PskCredential, PskContext> {
  return {
    name: embeddedPackage,
    comment: "sspi-ffi's own package: mutual authentication and messages from a pre-shared key",
    maxToken: 4096,
    capabilities: ["integrity", "privacy", "connection", "mutualAuth"],
    acquireCredentials: (request) => acquire(settings, request),
    initContext: (request) => (request.context ? prove(settings, request.context, request.token) : greet(request)),
    acceptContext: (request) =>
      request.context ? admit(settings, request.context, request.token) : challenge(settings, request),
    deleteContext: ({ packed }) => void packed?.fill(0),
    openSession: (packed) => new ProtectedSession(packed),
  };
}

function acquire({ keys }: Settings, { use, principal, identity }: CredentialRequest): PskCredential {
  // Refuse a password or domain: this package authenticates with its key only, so they would have no effect.
  if (identity && (identity.passwordBytes.length !== 0 || identity.domain !== ""))
    throw new PackageError("SEC_E_UNKNOWN_CREDENTIALS");
  if (use === "inbound") return { user: undefined, service: principal };
  const user = identity?.user ?? principal;
  if (user === undefined) throw new PackageError("SEC_E_NO_CREDENTIALS");
  if (!keys.has(user)) throw new PackageError("SEC_E_UNKNOWN_CREDENTIALS");
  return { user, service: undefined };
}

type Leg = PackageLeg<PskContext, (typeof granted)[number]>;

function greet({ credential, target = "", channelBindings }: InitRequest<PskCredential, PskContext>): Leg {
  const user = credential?.user;
  if (user === undefined) throw new PackageError("SEC_E_NO_CREDENTIALS");
  if (Buffer.byteLength(target) > maxName) throw new PackageError("SEC_E_TARGET_UNKNOWN");
  const said = { user, target, bindings: bindingsHash(channelBindings) };
  const token = packGreeting(said);
  return { status: "continue", context: { ...said, greeting: token }, token };
}

function challenge(settings: Settings, request: AcceptRequest<PskCredential, PskContext>): Leg {
  const { token: greeting = Buffer.alloc(0), credential, channelBindings, requested } = request;
  const said = readGreeting(greeting);
  const missing = said.bindings.length === 0 && requested.includes("allowMissingBindings");
  if (!missing && !said.bindings.equals(bindingsHash(channelBindings))) throw new PackageError("SEC_E_BAD_BINDINGS");
  const service = credential?.service;
  if (service !== undefined && service !== said.target) throw new PackageError("SEC_E_WRONG_PRINCIPAL");
  const token = packChallenge(settings.keys.find(said.user), greeting, settings);
  const expiry = Date.now() + settings.lifetime * 1000;
  return { status: "continue", context: { ...said, greeting, challenge: token, expiry }, token };
}

function prove({ keys, lifetime }: Settings, context: PskContext, answer: Buffer = Buffer.alloc(0)): Leg {
  const { greeting, user } = context;
  const key = keys.find(user);
  const { server, lifetime: told } = readChallenge(key, greeting, answer);
  const expiry = Date.now() + Math.min(lifetime, told) * 1000;
  const token = packProof(key, greeting, answer);
  return { ...completed("client", key, { ...context, challenge: answer, expiry }, server), token };
}

function admit({ keys, server }: Settings, context: PskContext, proof: Buffer = Buffer.alloc(0)): Leg {
  const key = keys.find(context.user);
  checkProof(key, context.greeting, context.challenge as Buffer, proof);
  return completed("server", key, context, server);
}

function completed(role: SessionState["role"], key: Uint8Array, context: PskContext, server: string) {
  const { user, target, greeting, challenge: answer = Buffer.alloc(0), expiry = 0 } = context;
  if (context.packed) throw new PackageError("SEC_E_OUT_OF_SEQUENCE");
  const start = Date.now();
  const secret = sessionSecret(key, greeting, answer);
  const state = { role, user, server, target, start, expiry, sent: none, received: none, secret };
  const packed = packState(state);
  secret.fill(0);
  const kept = { ...context, packed };
  return { status: "complete", context: kept, granted, session: packed, expiry: new Date(expiry) } as const;
}
