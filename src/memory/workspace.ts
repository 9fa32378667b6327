import { Arena } from "./arena.ts";
import { BufferList, bufferListSize } from "./buffer-list.ts";

/** The capacity of a leg's input list, in buffers. */
export const inputCapacity = 12;
const outputCapacity = 4;
const messageCapacity = 32;

const inputAt = 0;
const outputAt = inputAt + bufferListSize(inputCapacity);
const messageAt = outputAt + bufferListSize(outputCapacity);
const scalarsAt = (messageAt + bufferListSize(messageCapacity) + 15) & ~15;
const attributesAt = scalarsAt;
const qualityAt = scalarsAt + 4;
const expiryAt = scalarsAt + 8;
const pointerAt = scalarsAt + 16;
const countAt = scalarsAt + 24;
const valueAt = scalarsAt + 32;
/** The room for an attribute's struct, in bytes. */
export const mostAttributeBytes = 1024;
const reserved = valueAt + mostAttributeBytes;

/**
 * The value of `pfContextAttr` before a call. No provider sets every bit, so an unchanged value means that the provider
 * did not report the flags.
 */
export const unreported = 0xffff_ffff;

/**
 * The memory of one native call, laid out once: descriptors, out-parameters, and room for tokens, strings and structs.
 * Each call leases its own workspace, so that calls off the event loop, and synchronous calls that re-enter this
 * package (from a security package written in JavaScript), never share one.
 */
export class Workspace {
  readonly arena: Arena;
  readonly input: BufferList;
  readonly output: BufferList;
  readonly message: BufferList;
  /** `pfContextAttr` */
  readonly attributesAddress: number;
  /** `pfQOP` */
  readonly qualityAddress: number;
  /** `ptsExpiry` */
  readonly expiryAddress: number;
  /** An out-parameter that receives a pointer or a handle. */
  readonly pointerAddress: number;
  /** An out-parameter that receives a ULONG. */
  readonly countAddress: number;
  /** Room for the struct of an attribute, 1024 bytes. */
  readonly valueAddress: number;
  /** Whether a call is using this workspace. */
  leased = false;

  constructor() {
    this.arena = new Arena(0x2_0000, reserved);
    const { base } = this.arena;
    this.input = new BufferList(this.arena, inputAt);
    this.output = new BufferList(this.arena, outputAt);
    this.message = new BufferList(this.arena, messageAt);
    this.attributesAddress = base + attributesAt;
    this.qualityAddress = base + qualityAt;
    this.expiryAddress = base + expiryAt;
    this.pointerAddress = base + pointerAt;
    this.countAddress = base + countAt;
    this.valueAddress = base + valueAt;
  }

  /** The buffer list at an address. */
  listAt(address: number | bigint): BufferList | undefined {
    if (address === this.message.address) return this.message;
    if (address === this.input.address) return this.input;
    return address === this.output.address ? this.output : undefined;
  }

  /** Resets the out-parameters before a call that returns attributes and an expiry. */
  clearLeg(): void {
    this.arena.u32[attributesAt >> 2] = unreported;
    this.arena.u32[expiryAt >> 2] = 0;
    this.arena.u32[(expiryAt >> 2) + 1] = 0;
  }

  get attributes(): number {
    return this.arena.u32[attributesAt >> 2] as number;
  }

  /** The expiry in 100 ns ticks. */
  get expiry(): bigint {
    return this.arena.view.getBigInt64(expiryAt, true);
  }

  clearQuality(): void {
    this.arena.u32[qualityAt >> 2] = 0;
  }

  get quality(): number {
    return this.arena.u32[qualityAt >> 2] as number;
  }

  /** Writes the quality in place of the package. */
  set quality(quality: number) {
    this.arena.u32[qualityAt >> 2] = quality;
  }

  clearPointer(): void {
    this.arena.u32[pointerAt >> 2] = 0;
    this.arena.u32[(pointerAt >> 2) + 1] = 0;
    this.arena.u32[countAt >> 2] = 0;
  }

  get pointer(): number {
    return this.arena.getPointer(pointerAt);
  }

  /** The pointer cell as 64 bits, because a HANDLE may exceed 2^53. */
  get handle(): bigint {
    return this.arena.view.getBigUint64(pointerAt, true);
  }

  get count(): number {
    return this.arena.u32[countAt >> 2] as number;
  }

  /** Zeroes the attribute struct's `size` bytes, in words: for so few, `fill` takes longer than the rest of a query. */
  clearValue(size: number): void {
    const end = (valueAt + size + 3) >> 2;
    for (let word = valueAt >> 2; word < end; word += 1) this.arena.u32[word] = 0;
  }

  get valueOffset(): number {
    return valueAt;
  }
}

const idle: Workspace[] = [];
/**
 * How many workspaces are kept for the next calls. Only a program with very deeply nested calls uses more at a time.
 */
const mostIdle = 16;

/** The workspace that was leased last; undefined after its return. */
let latest: Workspace | undefined;

/**
 * The workspace of a running call, most likely of the innermost one. An in-process provider reads and writes its
 * content without calling native code, after checking that the addresses belong to this workspace.
 */
export function workspaceInUse(): Workspace | undefined {
  return latest;
}

export function leaseWorkspace(): Workspace {
  const workspace = idle.pop() ?? new Workspace();
  workspace.leased = true;
  latest = workspace;
  return workspace;
}

/** Call this once for each lease: two calls in one workspace would read each other's tokens. */
export function returnWorkspace(workspace: Workspace): void {
  if (!workspace.leased) throw new Error("a workspace was returned a second time");
  workspace.leased = false;
  if (latest === workspace) latest = undefined;
  workspace.arena.reset();
  if (idle.length < mostIdle) idle.push(workspace);
}

/**
 * Runs the work of one synchronous call in its own workspace. With `secret` the written memory is zeroed afterwards,
 * also when the work throws. Very frequent calls lease a workspace directly instead.
 */
export function withWorkspace<T>(work: (workspace: Workspace) => T, { secret = false } = {}): T {
  const workspace = leaseWorkspace();
  try {
    return work(workspace);
  } finally {
    if (secret) workspace.arena.wipe();
    returnWorkspace(workspace);
  }
}
