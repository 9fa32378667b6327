import { Arena } from "./arena.ts";
import { BufferList, bufferListSize } from "./buffer-list.ts";

/** How many buffers the input of a leg has room for. */
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
/** Room for the struct of an attribute. */
export const mostAttributeBytes = 1024;
const reserved = valueAt + mostAttributeBytes;

/** What `pfContextAttr` holds before a call. No provider sets every bit, so finding it again means: not reported. */
export const unreported = 0xffff_ffff;

/**
 * Everything one native call needs, laid out once: descriptors, out-parameters, and room for tokens,
 * strings and structs. A call leases one, so a synchronous call that re-enters this package (a security
 * package written in JavaScript) and a call off the event loop never share one.
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
  /** Whether a call has it. */
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

  /** The list that an address is of. */
  listAt(address: number | bigint): BufferList | undefined {
    if (address === this.message.address) return this.message;
    if (address === this.input.address) return this.input;
    return address === this.output.address ? this.output : undefined;
  }

  /** Out-parameters as they have to be before a call that takes attributes and expiry. */
  clearLeg(): void {
    this.arena.u32[attributesAt >> 2] = unreported;
    this.arena.u32[expiryAt >> 2] = 0;
    this.arena.u32[(expiryAt >> 2) + 1] = 0;
  }

  get attributes(): number {
    return this.arena.u32[attributesAt >> 2] as number;
  }

  /** 100 ns ticks. */
  get expiry(): bigint {
    return this.arena.view.getBigInt64(expiryAt, true);
  }

  clearQuality(): void {
    this.arena.u32[qualityAt >> 2] = 0;
  }

  get quality(): number {
    return this.arena.u32[qualityAt >> 2] as number;
  }

  /** As the package would write it. */
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

  /** The pointer's place as a value: a HANDLE may need all its bits. */
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
/** How many are kept for the next calls: more than run at once, unless a program makes very many calls within calls. */
const mostIdle = 16;

/** The workspace that was leased last, as long as it is. */
let latest: Workspace | undefined;

/**
 * The workspace of a call that is under way, most likely of the innermost one. A provider in this process reads and
 * writes what is in it without calling native code, once it has seen that the addresses are the workspace's.
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

/** Once: two calls in one workspace would read each other's tokens. */
export function returnWorkspace(workspace: Workspace): void {
  if (!workspace.leased) throw new Error("a workspace was returned a second time");
  workspace.leased = false;
  if (latest === workspace) latest = undefined;
  workspace.arena.reset();
  if (idle.length < mostIdle) idle.push(workspace);
}

/**
 * Work of one synchronous call, in a workspace of its own. Where something `secret` goes into it, what was written there
 * is zeroed afterwards, also when the work throws. Calls that are made very often lease a workspace without this.
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
