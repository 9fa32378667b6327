import type {
  AcceptRequest,
  InitRequest,
  OpenedRecord,
  PackageLeg,
  Session,
  SuppliedSchannel,
} from "../../../src/packages/author/index.ts";
import type { SchannelConnection } from "../../../src/packages/schannel/index.ts";
import type { SchannelCredential } from "../../../src/packages/schannel/schannel-credential.ts";
import { standInDefinition } from "../../../src/packages/schannel/stand-in-definition.ts";
import type { SchannelStandInOptions } from "../../../src/packages.ts";
import { TlsContext, TlsEngine, type TlsOptions } from "../../../src/tls/index.ts";
import { ecCertificate, rootPem } from "../../fixtures/tls-certificates.ts";

const held: (() => void)[] = [];

/** Closes what a test has made here, newest first; for `afterEach`, which comes before the look at what is alive. */
export function closeAll(): void {
  for (const close of held.splice(0).reverse()) close();
}

type Side = "client" | "server";
type Request = AcceptRequest<SchannelCredential, SchannelConnection> &
  InitRequest<SchannelCredential, SchannelConnection>;
/** A leg of Schannel's stand-in; `context` is undefined if its input has no whole record. */
export type StandInLeg = PackageLeg<SchannelConnection, never>;

/** What a caller passes as SCHANNEL_CRED or SCH_CREDENTIALS; by default TLS of all versions. */
export function schannel(changes: Partial<SuppliedSchannel> = {}): SuppliedSchannel {
  const struct = "SCH_CREDENTIALS";
  return { struct, certificates: [], flags: [], enabledProtocols: 0, disabledProtocols: 0, ...changes };
}

/** The definition of Schannel's stand-in as its host calls it, for one side. */
export class StandInSide {
  readonly definition;
  readonly credential: SchannelCredential;
  readonly side: Side;

  constructor(side: Side, options: SchannelStandInOptions = {}, supplied: SuppliedSchannel = schannel()) {
    this.side = side;
    this.definition = standInDefinition({ certificate: ecCertificate, ca: rootPem, ...options });
    this.credential = this.definition.acquireCredentials({
      use: side === "client" ? "outbound" : "inbound",
      principal: undefined,
      identity: undefined,
      schannel: supplied,
      credssp: undefined,
      client: { processId: 1, logonId: { LowPart: 1, HighPart: 0 } },
    });
    held.push(() => this.definition.freeCredentials?.(this.credential));
  }

  leg(changes: Partial<Request>): StandInLeg {
    const request = {
      credential: this.credential,
      context: undefined,
      token: undefined,
      requested: [],
      channelBindings: undefined,
      buffers: [],
      target: "localhost",
      ...changes,
    } as unknown as Request;
    const { target: _, ...inbound } = request;
    const leg =
      this.side === "client" ? this.definition.initContext?.(request) : this.definition.acceptContext?.(inbound);
    return leg as StandInLeg;
  }

  /** A context of the stand-in that {@link closeAll} deletes. */
  keep(context: SchannelConnection | undefined): SchannelConnection {
    if (!context) throw new Error("the leg made no context");
    held.push(() => void this.definition.deleteContext?.(context));
    return context;
  }

  session(leg: StandInLeg): Session {
    const { session } = leg as { readonly session?: Uint8Array };
    if (!session) throw new Error("the leg made no session");
    return this.definition.openSession?.(Buffer.from(session), { from: "handshake", token: undefined }) as Session;
  }
}

/** An engine of TLS as the peer, closed by {@link closeAll}. */
export function peerOf(side: Side, options: Partial<TlsOptions> = {}): TlsEngine {
  const own = side === "client" ? { ca: rootPem } : { certificate: ecCertificate };
  using context = new TlsContext({ side, ...own, ...options } as TlsOptions);
  const engine = new TlsEngine(context, side === "client" ? { servername: "localhost" } : {});
  held.push(() => engine.close());
  return engine;
}

/** A completed handshake of the stand-in with a peer. */
export interface Connected {
  readonly ours: StandInSide;
  readonly peer: TlsEngine;
  readonly context: SchannelConnection;
  readonly session: Session;
  /** All legs of the handshake. */
  readonly legs: readonly StandInLeg[];
}

/** Completes the handshake; `changes` go to the stand-in's first leg. */
export function connect(ours: StandInSide, peer: TlsEngine, changes: Partial<Request> = {}): Connected {
  const legs: StandInLeg[] = [];
  let context: SchannelConnection | undefined;
  const step = (token: Buffer | undefined): void => {
    const leg = ours.leg({ ...(context ? { context } : changes), ...(token && { token }) });
    legs.push(leg);
    if (leg.status === "incomplete-message" || leg.status === "incomplete-credentials") throw new Error(leg.status);
    context ??= ours.keep(leg.context);
    if (leg.token && leg.token.length > 0) peer.feed(leg.token);
    if (!peer.complete) peer.handshake();
  };
  if (ours.side === "client") step(undefined);
  else peer.handshake();
  while (legs.at(-1)?.status !== "complete") step(peer.take());
  const last = legs.at(-1) as StandInLeg;
  return { ours, peer, legs, context: context as unknown as SchannelConnection, session: ours.session(last) };
}

/** Opens a record with a session of the stand-in. */
export function opened(session: Session, bytes: Uint8Array): OpenedRecord {
  const record = session.openRecord?.(Buffer.from(bytes), { quality: 0, sequence: 0 });
  if (!record) throw new Error("the session opens no records");
  return record;
}

/** Seals data with a session of the stand-in, in its three parts. */
export function sealed(session: Session, data: Uint8Array | string): { header: Buffer; data: Buffer; trailer: Buffer } {
  const record = session.sealRecord?.(Buffer.from(data as string), { quality: 0, sequence: 0 });
  if (!record) throw new Error("the session seals no records");
  const [header, body, trailer] = [record.header, record.data, record.trailer].map((part) => Buffer.from(part));
  return { header, data: body, trailer } as { header: Buffer; data: Buffer; trailer: Buffer };
}
