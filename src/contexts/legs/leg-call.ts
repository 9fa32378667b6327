import {
  SECBUFFER_CHANNEL_BINDINGS,
  SECBUFFER_EMPTY,
  SECBUFFER_EXTRA,
  SECBUFFER_FLAGS,
  SECBUFFER_MISSING,
  SECBUFFER_TOKEN,
} from "../../../generated/sspi/constants.ts";
import { SEC_FLAGS } from "../../../generated/sspi/structs.ts";
import { SEC_E_INTERNAL_ERROR } from "../../../generated/status/constants.ts";
import { hostAbi } from "../../ctypes/index.ts";
import {
  HandleSlot,
  type Room,
  readAndRelease,
  returnWorkspace,
  unreported,
  type Workspace,
} from "../../memory/index.ts";
import { copyHandedOut, type SecurityProvider } from "../../native/index.ts";
import { failure, type SspiError } from "../../status/index.ts";
import { checkAnnounced } from "../announced-size.ts";
import type { ContextHandles } from "../context-handles.ts";
import { type LegBuffer, writeLegBuffers } from "./leg-buffers.ts";
import { type LegOutput, type LegOutputRequest, OutputPlaces } from "./leg-output.ts";
import { type Ending, outputSize } from "./output-size.ts";
import type { Plan } from "./plan.ts";

/** The arguments that the native functions of both sides share, as addresses. */
export interface LegCall {
  readonly workspace: Workspace;
  /** The peer's message, or undefined for a leg that begins the exchange. */
  readonly token: Uint8Array | undefined;
  /** `phCredential` */
  readonly credential: number;
  /** `pInput`, or 0 */
  readonly input: number;
  /** `phContext`, or 0 in the first call */
  readonly context: number;
  /** The slot to which `phNewContext` points. */
  readonly slot: HandleSlot;
  readonly first: boolean;
  /** The memory for the output token; undefined where the package allocates it. */
  readonly room: Room | undefined;
  /** The other outputs that the caller asked for. */
  readonly places: OutputPlaces | undefined;
}

/** The additional buffers of a leg. */
export interface LegAdditions {
  readonly input: readonly LegBuffer[];
  /** Input from the caller of this leg; errors name it by its index in the caller's array. */
  readonly given: readonly LegBuffer[];
  readonly output: readonly LegOutputRequest[];
}

/** Fills the descriptors of a leg. */
export function prepareLeg(
  workspace: Workspace,
  plan: Plan,
  handles: ContextHandles,
  token: Uint8Array | undefined,
  maxToken: number,
  additions: LegAdditions | undefined,
): LegCall {
  const { arena, input, output } = workspace;
  workspace.clearLeg();
  input.length = 0;
  if (token) {
    const room = arena.write(token);
    input.add(SECBUFFER_TOKEN, room.address, token.length);
    input.add(SECBUFFER_EMPTY, 0, 0);
  }
  if (plan.bindings) input.add(SECBUFFER_CHANNEL_BINDINGS, plan.bindings.address, plan.bindings.size);
  if (plan.wideFlags !== 0n) writeFlags(workspace, plan.wideFlags);
  const room = plan.allocates
    ? undefined
    : arena.allocate(checkAnnounced("EnumerateSecurityPackagesW", "tokens", maxToken));
  // Zeroed, so that a package that writes less than it reports cannot leak older data to the peer.
  room?.zero();
  output.length = 1;
  output.set(0, SECBUFFER_TOKEN, room?.address ?? 0, room?.size ?? 0);
  const places = additions && writeAdditions(workspace, plan, additions);
  const existing = handles.context?.slot;
  return {
    workspace,
    token,
    credential: handles.credential.slot.address,
    input: input.length === 0 ? 0 : input.address,
    context: existing?.address ?? 0,
    slot: existing ?? HandleSlot.lease(),
    first: existing === undefined,
    room,
    places,
  };
}

/** Adds the flags above bit 31, which do not fit into `fContextReq`. */
function writeFlags({ arena, input }: Workspace, Flags: bigint): void {
  const room = arena.allocate(SEC_FLAGS.layouts[hostAbi].size);
  SEC_FLAGS.write(room.arena.view, { Flags }, room.offset);
  input.add(SECBUFFER_FLAGS, room.address, room.size);
}

function writeAdditions(workspace: Workspace, plan: Plan, additions: LegAdditions): OutputPlaces | undefined {
  writeLegBuffers(workspace, additions.input, "buffers");
  writeLegBuffers(workspace, additions.given, "buffers");
  return additions.output.length === 0 ? undefined : new OutputPlaces(workspace, additions.output, plan.allocates);
}

/** The results of a leg, read from the descriptors before anything is decided or thrown. */
export interface LegOutcome {
  readonly token: Buffer<ArrayBuffer> | undefined;
  readonly extra: Buffer<ArrayBuffer> | undefined;
  readonly missing: number | undefined;
  /** The output room in bytes that would have been sufficient. */
  readonly needed: number | undefined;
  /** `pfContextAttr`; undefined where the provider did not write it. */
  readonly attributes: number | undefined;
  /** The other outputs that the caller asked for. */
  readonly output: readonly LegOutput[] | undefined;
}

/** The message that informs the peer of a failure: the token, or else a TLS alert. */
export function messageOf({ token, output }: LegOutcome): Buffer | undefined {
  return token ?? output?.find(({ type }) => type === "alert")?.bytes;
}

/** The error for a package that reports completion without having made a context. */
export function madeNoContext(operation: string): SspiError {
  const cause = new Error("the package completed the exchange and made no context");
  return failure({ operation, status: SEC_E_INTERNAL_ERROR, cause });
}

/** The same call without any input. */
export function withoutInput(call: LegCall): LegCall {
  return { ...call, input: 0 };
}

/** @throws SspiError `SEC_E_INTERNAL_ERROR` where the package names output outside its room */
export function readBack(provider: SecurityProvider, call: LegCall, ending: Ending): LegOutcome {
  const { workspace } = call;
  const { input, attributes } = workspace;
  const missing = input.find(SECBUFFER_MISSING);
  return {
    token: readToken(provider, call, ending),
    extra: readExtra(call),
    missing: missing < 0 ? undefined : input.size(missing) || undefined,
    needed: call.places?.needed(workspace.output),
    attributes: attributes === unreported || !provider.traits.reportsFlags ? undefined : attributes,
    output: call.places?.read(provider, workspace.output, ending),
  };
}

function readToken(
  provider: SecurityProvider,
  { workspace: { output }, room }: LegCall,
  ending: Ending,
): Buffer<ArrayBuffer> | undefined {
  if (room) {
    const size = outputSize(output, 0, room, ending);
    if (size === 0) return undefined;
    const bytes = room.bytes(size);
    // Even a successful call may leave `cbBuffer` unchanged: then the room still holds our zeros and there is no token.
    const untouched = size === room.size && (ending.failed || bytes.every((byte) => byte === 0));
    return untouched ? undefined : copied(bytes);
  }
  const address = output.pointer(0);
  if (address === 0) return undefined;
  return readAndRelease(provider, "FreeContextBuffer", address, () => copied(copyHandedOut(address, output.size(0))));
}

/** Copies bytes into Buffer's pool, which is cheaper than a separate ArrayBuffer. */
function copied(bytes: Uint8Array): Buffer<ArrayBuffer> {
  const copy = Buffer.allocUnsafe(bytes.length);
  copy.set(bytes);
  return copy;
}

/** The last `cbBuffer` bytes of the input, where the package says that they are not part of its token. */
function readExtra({ workspace: { input }, token }: LegCall): Buffer<ArrayBuffer> | undefined {
  const extra = input.find(SECBUFFER_EXTRA);
  if (extra < 0 || !token) return undefined;
  const size = Math.min(input.size(extra), token.length);
  return size === 0 ? undefined : copied(token.subarray(token.length - size));
}

/** Returns a leg's workspace, after wiping it if it held something secret. */
export function giveBack(workspace: Workspace, confidential: boolean): void {
  if (confidential) workspace.arena.wipe();
  returnWorkspace(workspace);
}
