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

/** The credentials that a caller acquires. */
export interface CredentialRequest {
  /** The side that the credentials are for. */
  readonly use: "inbound" | "outbound" | "both";
  /** `pszPrincipal`; undefined if the caller passes none. */
  readonly principal: string | undefined;
  /** The caller's `SEC_WINNT_AUTH_IDENTITY`; undefined if it passes none, which means the user of the logon session. */
  readonly identity: SuppliedIdentity | undefined;
  /** The caller's Schannel struct, if the caller passes one that the definition lists in `reads`. */
  readonly schannel: SuppliedSchannel | undefined;
  /** The caller's `CREDSSP_CRED`, if the caller passes one and the definition lists it in `reads`. */
  readonly credssp: SuppliedCredssp | undefined;
  /** The calling process, as reported by the LSA. */
  readonly client: CallerInfo;
}

/** The caller of a package, as reported by the LSA. */
export interface CallerInfo {
  /** The process that calls. */
  readonly processId: number;
  /** The logon session of the caller: a `LUID`. */
  readonly logonId: { readonly LowPart: number; readonly HighPart: number };
}

/** The input of one leg. */
export interface LegRequest<Credential, Context, Requested extends string> {
  /** The credential; undefined on later legs if the caller passes none. */
  readonly credential: Credential | undefined;
  /** The context that the previous leg returned; undefined on the first leg. */
  readonly context: Context | undefined;
  /** The peer's message; undefined if this side sends the first one. */
  readonly token: Buffer | undefined;
  /** Flags that the caller requests, including those beyond 32 bits. */
  readonly requested: readonly Requested[];
  /** `applicationData` of the channel bindings; undefined if there are none. */
  readonly channelBindings: Buffer | undefined;
  /** Other input buffers of the caller, such as `SECBUFFER_PKG_PARAMS`, in the caller's order. */
  readonly buffers: readonly LegInputBuffer[];
}

/** An additional input buffer of a leg. */
export interface LegInputBuffer {
  /** `SECBUFFER_*`, without the bits of SECBUFFER_ATTRMASK. */
  readonly type: number;
  /** Its content. */
  readonly bytes: Buffer;
}

/** The input of a client's leg. */
export interface InitRequest<Credential, Context> extends LegRequest<Credential, Context, IscReq | IscReq64> {
  /** `pszTargetName` */
  readonly target: string | undefined;
}

/** The input of a server's leg. */
export type AcceptRequest<Credential, Context> = LegRequest<Credential, Context, AscReq | AscReq64>;

interface LegParts<Context, Granted extends string> {
  /** The context that the next leg receives. */
  readonly context: Context;
  /** The message for the peer. */
  readonly token?: Uint8Array;
  /** Flags granted to the caller; none by default. */
  readonly granted?: readonly Granted[];
  /** Number of bytes at the end of the input token that are not part of it. */
  readonly extra?: number;
}

/** The result of a leg. For a failure, throw a `PackageError` with the status. */
export type PackageLeg<Context, Granted extends string> =
  | ({
      /** `continue` if the caller must make another leg. */
      readonly status: "continue";
    } & LegParts<Context, Granted>)
  | ({
      readonly status: "complete";
      /** When the context expires; never by default. */
      readonly expiry?: Date;
      /** The bytes that `openSession` makes a session from. They are bytes because user mode may be another process. */
      readonly session?: Uint8Array;
    } & LegParts<Context, Granted>)
  | ({ readonly status: "incomplete-credentials" } & LegParts<Context, Granted>)
  | {
      readonly status: "incomplete-message";
      /** A hint: the number of bytes that are missing. */
      readonly missing?: number;
    };

/**
 * A security package. All functions are synchronous, because C waits for the result. Credentials and contexts are
 * values of the package's own; the library manages the handles that C sees.
 */
export interface PackageDefinition<Credential, Context> {
  /** The name that callers acquire credentials with. */
  readonly name: string;
  /** The description that `packages()` lists with the name. */
  readonly comment?: string;
  /** The largest token of a leg, in bytes. */
  readonly maxToken: number;
  /** `SECPKG_FLAG_*` by name, for what the host cannot know, such as `negotiable`. */
  readonly capabilities?: readonly SecpkgFlag[];
  /** The version in `SecPkgInfo`; 1 by default. */
  readonly version?: number;
  /** `wRPCID`; none by default. */
  readonly rpcId?: number;
  /** The credential structs that the package reads in addition to a name and password; all others are refused. */
  readonly reads?: readonly ReadableCredentials[];
  /** Called once, before all other functions. */
  initialize?(): void;
  /** Called once, after all other functions. */
  shutdown?(): void;
  /** Makes credentials; later calls receive the returned value. Throw a `PackageError` to refuse. */
  acquireCredentials(request: CredentialRequest): Credential;
  /** Called when the last user of the credentials has closed them. */
  freeCredentials?(credential: Credential): void;
  /** Returns attributes of credentials, by name. */
  queryCredentials?(credential: Credential): AttributeAnswers<CredentialAttributes>;
  /** Sets an attribute of credentials. If omitted, the caller gets "not supported". */
  setCredentialAttribute?(request: CredentialSetting<Credential>): void;
  /** Adds credentials to an existing handle. */
  addCredentials?(request: AddedCredentials<Credential>): void;
  /** Makes the client's legs. */
  initContext?(request: InitRequest<Credential, Context>): PackageLeg<Context, IscRet>;
  /** Makes the server's legs. */
  acceptContext?(request: AcceptRequest<Credential, Context>): PackageLeg<Context, AscRet>;
  /** Returns the context for the next leg (which produces the peer's bytes), or undefined to keep the current one. */
  applyControlToken?(request: ControlRequest<Context>): Context | undefined;
  /** Returns attributes that the session does not have, and all attributes before the exchange is complete. */
  queryContext?(context: Context): AttributeAnswers<ContextAttributes>;
  /** Sets an attribute of a context. If omitted, the caller gets "not supported". */
  setContextAttribute?(request: ContextSetting<Context>): void;
  /** Called when the caller has deleted the context of an exchange. */
  deleteContext?(context: Context): void;
  /** Makes a session from the bytes of a completed leg or of an export. */
  openSession?(packed: Buffer, origin: SessionOrigin): Session;
  /**
   * Handles a message of the package's own protocol and returns the reply. The status of a `PackageError` becomes the
   * caller's protocol status.
   */
  callPackage?(request: PackageCall): Uint8Array;
}
