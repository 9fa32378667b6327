/** The members of both tables that a scripted package has. Those of the user's side are marked where both have one. */
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

/** One leg of a scripted package, on whichever side it is called. */
export interface ScriptedPackageLeg {
  readonly status: number;
  readonly token?: string;
  /** Puts an allocation of its own where the caller's buffer was. */
  readonly allocates?: boolean;
  /** `cbBuffer` of an EXTRA, or of a MISSING, buffer in the second of the input. */
  readonly extra?: number;
  readonly missing?: number;
  /** `ContextAttributes` */
  readonly attributes?: number;
  /** In ticks. */
  readonly expiry?: bigint;
  /** The context's data: with it the context is mapped to the user's side. */
  readonly session?: string;
}

/** What a test makes of a package. What is left out succeeds. */
export interface PackageScript {
  /** What an entry answers without doing anything, whenever it is called. */
  readonly answers?: Partial<Record<PackageEntry, number>>;
  /** Answers of the legs of all contexts, in the order of the calls. */
  readonly legs?: readonly ScriptedPackageLeg[];
  /** What it answers when an allocation fails. */
  readonly noMemory?: number;
  readonly token?: bigint;
  /** How many bytes it says that a packed context has; as many as it has where left out. */
  readonly packs?: number;
}

/** Something that a scripted package saw, in order. */
export interface PackageEvent {
  /** The entry that was called, or the function of the LSA's that it called. */
  readonly call: string;
  readonly handles?: readonly bigint[];
  readonly flags?: number;
  /** Types, sizes and contents of the buffers that came in. */
  readonly buffers?: readonly (readonly [type: number, size: number, content: string])[];
  readonly attribute?: number;
  readonly size?: number;
  readonly address?: bigint;
}
