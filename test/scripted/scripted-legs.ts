import { SECBUFFER_EXTRA, SECBUFFER_MISSING } from "../../generated/sspi/constants.ts";
import type { Address } from "../../src/ctypes/index.ts";
import { readWideString } from "../../src/native/index.ts";
import { ScriptedBuffers } from "./scripted-buffers.ts";
import { type ScriptedHeap, writeNative } from "./scripted-heap.ts";

/** One call of InitializeSecurityContextW or AcceptSecurityContext, as the package sees it. */
export interface LegCall {
  readonly operation: "InitializeSecurityContextW" | "AcceptSecurityContext";
  /** The number of the credential's handle. */
  readonly credential: number | undefined;
  /** The number of the context's handle; undefined if `phContext` is NULL. */
  readonly context: number | undefined;
  readonly target: string | undefined;
  readonly flags: number;
  readonly reserved: readonly number[];
  readonly dataRepresentation: number;
  /** The input buffers; undefined if `pInput` is NULL. */
  readonly input: ScriptedBuffers | undefined;
  readonly output: ScriptedBuffers;
  readonly newContext: Address;
  readonly attributes: Address;
  readonly expiry: Address;
}

/** The result of a scripted leg. */
export interface LegAnswer {
  readonly status: number;
  /** The output token; without one `cbBuffer` becomes 0, or stays unchanged with `leaveOutput`. */
  readonly token?: Uint8Array;
  readonly leaveOutput?: true;
  /** The token is the package's own allocation, as ISC_REQ_ALLOCATE_MEMORY asks. */
  readonly allocated?: true;
  /** `cbBuffer` of a SECBUFFER_EXTRA (or SECBUFFER_MISSING) that replaces the input's second buffer. */
  readonly extra?: number;
  readonly missing?: number;
  /** A success that makes no context: the handle at `phNewContext` stays zero. */
  readonly withoutHandle?: true;
  /** `pfContextAttr`; unchanged if absent. */
  readonly attributes?: number;
  /** `ptsExpiry`, in ticks; unchanged if absent. */
  readonly expiry?: bigint;
}

export type ScriptedLeg = LegAnswer | ((call: LegCall) => LegAnswer);

/** Writes an answer into the caller's memory. */
export function writeLeg(heap: ScriptedHeap, { input, output, ...call }: LegCall, answer: LegAnswer): void {
  const { token, extra, missing, attributes, expiry } = answer;
  if (token && answer.allocated) output.change(0, { address: heap.allocate(token), size: token.length });
  else if (token) output.fill(0, token);
  else if (!answer.leaveOutput) output.change(0, { size: 0 });
  if (extra !== undefined) input?.change(1, { type: SECBUFFER_EXTRA, size: extra });
  if (missing !== undefined) input?.change(1, { type: SECBUFFER_MISSING, size: missing });
  if (attributes !== undefined) writeNative(call.attributes, new Uint8Array(Uint32Array.of(attributes).buffer));
  if (expiry !== undefined) writeNative(call.expiry, new Uint8Array(BigInt64Array.of(expiry).buffer));
}

/** A `PSecBufferDesc` argument. */
export function buffersAt(address: Address): ScriptedBuffers | undefined {
  return BigInt(address) === 0n ? undefined : new ScriptedBuffers(address);
}

/** An `LPWSTR` argument. */
export function textAt(address: Address): string | undefined {
  return BigInt(address) === 0n ? undefined : readWideString(BigInt(address));
}
