import type { ContextAttributes, CredentialAttributes } from "../../../generated/attributes.ts";
import type {
  AscReq,
  AscReq64,
  AscRet,
  IscReq,
  IscReq64,
  IscRet,
  SecpkgFlag,
} from "../../../generated/sspi/constants.ts";
import type { AddedCredentials, ContextSetting, ControlRequest, CredentialSetting, PackageCall } from "./requests.ts";
import type { AttributeAnswers, Session, SessionOrigin } from "./session.ts";
import type {
  ReadableCredentials,
  SuppliedCredssp,
  SuppliedIdentity,
  SuppliedSchannel,
} from "./supplied-credentials.ts";

/** What credentials a caller acquires. */
export interface CredentialRequest {
  /** Which side they are for. */
  readonly use: "inbound" | "outbound" | "both";
  /** `pszPrincipal`; undefined where the caller passes none. */
  readonly principal: string | undefined;
  /** The `SEC_WINNT_AUTH_IDENTITY` of the caller; undefined where there is none: the user of the session is meant. */
  readonly identity: SuppliedIdentity | undefined;
  /** What `reads` of the definition says that the package reads, where the caller passed it. */
  readonly schannel: SuppliedSchannel | undefined;
  /** A `CREDSSP_CRED`, where the package says that it reads it and the caller passed it. */
  readonly credssp: SuppliedCredssp | undefined;
  /** Who calls, as the LSA tells it. */
  readonly client: CallerInfo;
}

/** Who calls a package, as the LSA tells it. */
export interface CallerInfo {
  /** The process that calls. */
  readonly processId: number;
  /** The logon session of the caller: a `LUID`. */
  readonly logonId: { readonly LowPart: number; readonly HighPart: number };
}

/** One leg, as a package gets it. */
export interface LegRequest<Credential, Context, Requested extends string> {
  /** Undefined on later legs of callers that pass none. */
  readonly credential: Credential | undefined;
  /** What the last leg returned; undefined in the first. */
  readonly context: Context | undefined;
  /** The peer's message; undefined where the exchange begins here. */
  readonly token: Buffer | undefined;
  /** Flags that the caller asks for, those beyond 32 bits included. */
  readonly requested: readonly Requested[];
  /** `applicationData` of the channel bindings; undefined where there are none. */
  readonly channelBindings: Buffer | undefined;
  /** What else the caller gives: `SECBUFFER_PKG_PARAMS` and others, in its order. */
  readonly buffers: readonly LegInputBuffer[];
}

/** One more input buffer of a leg. */
export interface LegInputBuffer {
  /** `SECBUFFER_*`, without the bits of SECBUFFER_ATTRMASK. */
  readonly type: number;
  /** Its content. */
  readonly bytes: Buffer;
}

/** A leg of a client, as a package gets it. */
export interface InitRequest<Credential, Context> extends LegRequest<Credential, Context, IscReq | IscReq64> {
  /** `pszTargetName` */
  readonly target: string | undefined;
}

/** A leg of a server, as a package gets it. */
export type AcceptRequest<Credential, Context> = LegRequest<Credential, Context, AscReq | AscReq64>;

interface LegParts<Context, Granted extends string> {
  /** What the next leg gets. */
  readonly context: Context;
  /** What the peer is sent. */
  readonly token?: Uint8Array;
  /** Flags that the caller is told it has; none where it is left out. */
  readonly granted?: readonly Granted[];
  /** How many bytes at the end of the token are not part of it. */
  readonly extra?: number;
}

/** What a leg comes to. A failure is thrown: a `PackageError` with the status. */
export type PackageLeg<Context, Granted extends string> =
  | ({
      /** What the caller does next. */
      readonly status: "continue";
    } & LegParts<Context, Granted>)
  | ({
      readonly status: "complete";
      /** When the context ends; never, where it is left out. */
      readonly expiry?: Date;
      /** What `openSession` makes a session of: bytes, because the user's side may be another process. */
      readonly session?: Uint8Array;
    } & LegParts<Context, Granted>)
  | ({ readonly status: "incomplete-credentials" } & LegParts<Context, Granted>)
  | {
      readonly status: "incomplete-message";
      /** A hint of how many bytes are. */
      readonly missing?: number;
    };

/**
 * A security package. Everything is synchronous: C waits for the answer. Credentials and contexts are values of
 * the package's own; the handles that C sees are managed.
 */
export interface PackageDefinition<Credential, Context> {
  /** What callers acquire credentials by. */
  readonly name: string;
  /** What `packages()` shows beside the name. */
  readonly comment?: string;
  /** The largest token of a leg, in bytes. */
  readonly maxToken: number;
  /** `SECPKG_FLAG_*` by name; what the host cannot know, such as `negotiable`. */
  readonly capabilities?: readonly SecpkgFlag[];
  /** The version in `SecPkgInfo`; 1 where it is left out. */
  readonly version?: number;
  /** `wRPCID`; none where it is left out. */
  readonly rpcId?: number;
  /** What the package takes as credentials beside a name and password; it is refused where it is not said. */
  readonly reads?: readonly ReadableCredentials[];
  /** Called once, before everything else. */
  initialize?(): void;
  /** Called once, after everything else. */
  shutdown?(): void;
  /** Makes credentials; the value is what later calls get. Throw a `PackageError` to refuse. */
  acquireCredentials(request: CredentialRequest): Credential;
  /** The last user of the credentials has closed them. */
  freeCredentials?(credential: Credential): void;
  /** Answers attributes of credentials, by name. */
  queryCredentials?(credential: Credential): AttributeAnswers<CredentialAttributes>;
  /** Sets an attribute of credentials; left out, the caller is told that it is not supported. */
  setCredentialAttribute?(request: CredentialSetting<Credential>): void;
  /** Adds credentials to a handle that is there already. */
  addCredentials?(request: AddedCredentials<Credential>): void;
  /** The client's legs. */
  initContext?(request: InitRequest<Credential, Context>): PackageLeg<Context, IscRet>;
  /** The server's legs. */
  acceptContext?(request: AcceptRequest<Credential, Context>): PackageLeg<Context, AscRet>;
  /** Answers what the next leg gets, which makes of it what the peer is told; nothing where it stays the same. */
  applyControlToken?(request: ControlRequest<Context>): Context | undefined;
  /** What the session does not answer, and all that is asked before the exchange is complete. */
  queryContext?(context: Context): AttributeAnswers<ContextAttributes>;
  /** Sets an attribute of a context; left out, the caller is told that it is not supported. */
  setContextAttribute?(request: ContextSetting<Context>): void;
  /** The caller has deleted the context of an exchange. */
  deleteContext?(context: Context): void;
  /** Makes a session of what a completed leg or an export packed. */
  openSession?(packed: Buffer, origin: SessionOrigin): Session;
  /** A message of the package's own, and the answer. A `PackageError` is the caller's protocol status. */
  callPackage?(request: PackageCall): Uint8Array;
}
