/** A scripted package's members of both tables. A name that both tables use is qualified for the user's side. */
export const packageEntries = [
  "Initialize",
  "Shutdown",
  "GetInfo",
  "AcquireCredentialsHandle",
  "FreeCredentialsHandle",
  "QueryCredentialsAttributes",
  "InitLsaModeContext",
  "AcceptLsaModeContext",
  "DeleteContext",
  "ApplyControlToken",
  "CallPackage",
  "InstanceInit",
  "InitUserModeContext",
  "DeleteUserModeContext",
  "MakeSignature",
  "VerifySignature",
  "SealMessage",
  "UnsealMessage",
  "GetContextToken",
  "QueryContextAttributes",
  "ExportContext",
  "ImportContext",
] as const;

export type PackageEntry = (typeof packageEntries)[number];

/** One leg of a scripted package, for the client or the server. */
export interface ScriptedPackageLeg {
  readonly status: number;
  readonly token?: string;
  /** Whether the leg replaces the caller's buffer with its own allocation. */
  readonly allocates?: boolean;
  /** `cbBuffer` of an EXTRA (or MISSING) buffer, which replaces the second input buffer. */
  readonly extra?: number;
  readonly missing?: number;
  /** `ContextAttributes` */
  readonly attributes?: number;
  /** The expiry in ticks. */
  readonly expiry?: bigint;
  /** The context's data; if present, the context is mapped to the user's side. */
  readonly session?: string;
}

/** How a test's package behaves. Functions that the script leaves out succeed. */
export interface PackageScript {
  /** The status that each call of an entry returns without doing anything. */
  readonly answers?: Partial<Record<PackageEntry, number>>;
  /** The results of the legs of all contexts, in the order of the calls. */
  readonly legs?: readonly ScriptedPackageLeg[];
  /** The status that the package returns when an allocation fails. */
  readonly noMemory?: number;
  readonly token?: bigint;
  /** How many bytes the package claims for a packed context; the true number by default. */
  readonly packs?: number;
}

/** One call that a scripted package got or made. */
export interface PackageEvent {
  /** The entry that was called, or LSA's function that the package called. */
  readonly call: string;
  readonly handles?: readonly bigint[];
  readonly flags?: number;
  /** Types, sizes and contents of the input buffers. */
  readonly buffers?: readonly (readonly [type: number, size: number, content: string])[];
  readonly attribute?: number;
  readonly size?: number;
  readonly address?: bigint;
}
