import type { ReleaseFunction } from "../../src/memory/index.ts";
import type { ProviderTraits } from "../../src/native/index.ts";
import type { ScriptedBuffers } from "./scripted-buffers.ts";
import type { ScriptedHeap } from "./scripted-heap.ts";
import type { ScriptedIdentity } from "./scripted-identity.ts";
import type { ScriptedLeg } from "./scripted-legs.ts";

export interface AcquireCall {
  readonly principal: string | undefined;
  readonly package: string | undefined;
  readonly use: number;
  /** `pAuthData`, unless the script reads it. */
  readonly identity: ScriptedIdentity | undefined;
  /** What the script's own reader found at `pAuthData`. */
  readonly authData?: unknown;
  /** `pvLogonId`, `pGetKeyFn` and `pvGetKeyArgument`. */
  readonly unused: readonly number[];
}

export interface AttributeCall {
  /** Number of the handle. */
  readonly handle: number;
  readonly attribute: number;
  /** Where the struct goes. */
  readonly address: bigint;
  readonly heap: ScriptedHeap;
}

/** Room in a record, in bytes. */
export interface ScriptedRecords {
  readonly header: number;
  readonly trailer: number;
  readonly maximum: number;
}

export interface MessageCall {
  readonly context: number;
  /** `fQOP`; undefined for DecryptMessage and VerifySignature. */
  readonly quality: number | undefined;
  readonly sequence: number;
  readonly buffers: ScriptedBuffers;
  /** What `pfQOP` receives. */
  answerQuality(quality: number): void;
}

/** What a test makes of a security package. A number is a status; what is left out succeeds or is unsupported. */
export interface Script {
  /** "Scripted", unless a test is about what the library does for one package. */
  readonly packageName?: string;
  readonly version?: string;
  /** Where it differs from {@link documentedTraits}. */
  readonly traits?: Partial<ProviderTraits>;
  readonly maxToken?: number;
  /** Reads `pAuthData` where it is no SEC_WINNT_AUTH_IDENTITY_W. */
  readonly authData?: (address: bigint) => unknown;
  readonly acquire?: (call: AcquireCall) => number | { readonly status: number; readonly expiry: bigint };
  /** Answers of the legs of all contexts, in the order of the calls. */
  readonly legs?: readonly ScriptedLeg[];
  readonly complete?: (call: { context: number; output: ScriptedBuffers }) => number;
  readonly applyControl?: (call: { context: number; input: ScriptedBuffers }) => number;
  readonly contextAttributes?: (call: AttributeCall) => number;
  readonly credentialAttributes?: (call: AttributeCall) => number;
  /** What `sizes` answers, where `contextAttributes` is not scripted; nothing where it is false. */
  readonly sizes?: { readonly trailer?: number; readonly block?: number; readonly signature?: number } | false;
  /** What `streamSizes` and `datagramSizes`, which are one number, answer likewise. */
  readonly streamSizes?: ScriptedRecords;
  /** Whether the package is of those that handle streams, SECPKG_FLAG_STREAM. */
  readonly handlesStreams?: boolean;
  readonly encrypt?: (call: MessageCall) => number;
  readonly decrypt?: (call: MessageCall) => number;
  readonly sign?: (call: MessageCall) => number;
  readonly verify?: (call: MessageCall) => number;
  readonly accessToken?: () => number;
  readonly impersonate?: () => number;
  readonly revert?: () => number;
  readonly setAttribute?: (call: AttributeCall & { readonly size: number }) => number;
  readonly setCredentialAttribute?: (call: AttributeCall & { readonly size: number }) => number;
  /** Release functions that refuse, and with what. */
  readonly refuse?: Partial<Record<ReleaseFunction, number>>;
  /** What calls off the event loop wait for. */
  readonly gate?: () => Promise<void>;
}
