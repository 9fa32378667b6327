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
  /** The identity at `pAuthData`, unless the script reads it. */
  readonly identity: ScriptedIdentity | undefined;
  /** What the script's own reader found at `pAuthData`. */
  readonly authData?: unknown;
  /** `pvLogonId`, `pGetKeyFn` and `pvGetKeyArgument`. */
  readonly unused: readonly number[];
}

export interface AttributeCall {
  /** The number of the handle. */
  readonly handle: number;
  readonly attribute: number;
  /** The address for the attribute's struct. */
  readonly address: bigint;
  readonly heap: ScriptedHeap;
}

/** The sizes of a record's parts, in bytes. */
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
  /** Writes the quality of protection to `pfQOP`. */
  answerQuality(quality: number): void;
}

/** How a test's security package behaves. A number is a status; missing functions succeed or are unsupported. */
export interface Script {
  /** "Scripted" by default; a test of the library's rules for one package sets that package's name. */
  readonly packageName?: string;
  readonly version?: string;
  /** The traits that differ from {@link documentedTraits}. */
  readonly traits?: Partial<ProviderTraits>;
  readonly maxToken?: number;
  /** Reads `pAuthData` if it is no SEC_WINNT_AUTH_IDENTITY_W. */
  readonly authData?: (address: bigint) => unknown;
  readonly acquire?: (call: AcquireCall) => number | { readonly status: number; readonly expiry: bigint };
  /** The results of the legs of all contexts, in the order of the calls. */
  readonly legs?: readonly ScriptedLeg[];
  readonly complete?: (call: { context: number; output: ScriptedBuffers }) => number;
  readonly applyControl?: (call: { context: number; input: ScriptedBuffers }) => number;
  readonly contextAttributes?: (call: AttributeCall) => number;
  readonly credentialAttributes?: (call: AttributeCall) => number;
  /** The attribute `sizes` if `contextAttributes` is not scripted; unsupported if false. */
  readonly sizes?: { readonly trailer?: number; readonly block?: number; readonly signature?: number } | false;
  /** The attributes `streamSizes` and `datagramSizes` (one number), if `contextAttributes` is not scripted. */
  readonly streamSizes?: ScriptedRecords;
  /** Whether the package has the flag SECPKG_FLAG_STREAM. */
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
  /** The statuses of release functions that refuse. */
  readonly refuse?: Partial<Record<ReleaseFunction, number>>;
  /** Calls off the event loop wait for this promise. */
  readonly gate?: () => Promise<void>;
}
