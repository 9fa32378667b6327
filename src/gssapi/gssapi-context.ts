import { gss_channel_bindings_struct } from "../../generated/gssapi/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import { Arena } from "../memory/index.ts";
import type { GssapiCalls } from "./gssapi-calls.ts";
import type { GssapiCredential, PackageName } from "./gssapi-credential.ts";

// Offsets of a leg's out-parameters, and of a context's handles.
const minorAt = 0;
const flagsAt = 4;
const lifetimeAt = 8;
const contextAt = 16;
const sourceAt = 24;
const delegatedAt = 32;
const mechanismAt = 40;
const inputAt = 48;
const outputAt = 64;
const bindingsAt = 80;
const size = bindingsAt + gss_channel_bindings_struct.layouts[hostAbi].size;

/** The most cells that are kept for later contexts. */
const mostSpare = 1024;

/** The memory of one context. Each context needs its own: a leg on another thread writes to it. */
export class ContextCells {
  static readonly #spare: ContextCells[] = [];

  readonly arena = new Arena(Math.ceil(size / 16) * 16);
  readonly minorAddress = this.arena.base + minorAt;
  readonly flagsAddress = this.arena.base + flagsAt;
  readonly lifetimeAddress = this.arena.base + lifetimeAt;
  readonly contextAddress = this.arena.base + contextAt;
  readonly sourceAddress = this.arena.base + sourceAt;
  readonly delegatedAddress = this.arena.base + delegatedAt;
  readonly mechanismAddress = this.arena.base + mechanismAt;
  /** The addresses of the `gss_buffer_desc`s of the peer's token and of the token made for the peer. */
  readonly inputBufferAddress = this.arena.base + inputAt;
  readonly outputBufferAddress = this.arena.base + outputAt;
  readonly bindingsAddress = this.arena.base + bindingsAt;

  #taken = false;

  static take(): ContextCells {
    const cells = ContextCells.#spare.pop() ?? new ContextCells();
    cells.#taken = true;
    return cells;
  }

  /** Returns the cells for reuse. Call it once, when no leg is in progress: two contexts must never share cells. */
  giveBack(): void {
    if (!this.#taken) throw new Error("the memory of a context was given back a second time");
    this.#taken = false;
    this.arena.bytes.fill(0);
    if (ContextCells.#spare.length < mostSpare) ContextCells.#spare.push(this);
  }

  /** Sets the out-parameters to the values that a leg requires. */
  clearLeg(): void {
    for (let word = minorAt >> 2; word <= lifetimeAt >> 2; word += 1) this.arena.u32[word] = 0;
    for (let word = mechanismAt >> 2; word < (outputAt + 16) >> 2; word += 1) this.arena.u32[word] = 0;
  }

  /** `gss_ctx_id_t` */
  get context(): number {
    return this.arena.getPointer(contextAt);
  }

  /** The client's `gss_name_t`, on a server. */
  get source(): number {
    return this.arena.getPointer(sourceAt);
  }

  /** `gss_cred_id_t` */
  get delegated(): number {
    return this.arena.getPointer(delegatedAt);
  }

  /** `gss_OID` */
  get mechanism(): number {
    return this.arena.getPointer(mechanismAt);
  }

  forgetContext(): void {
    this.arena.putPointer(contextAt, 0);
  }

  forgetSource(): void {
    this.arena.putPointer(sourceAt, 0);
  }

  forgetDelegated(): void {
    this.arena.putPointer(delegatedAt, 0);
  }

  /** Describes the peer's token. */
  setInput(address: number, length: number): void {
    this.arena.putPointer(inputAt, length);
    this.arena.putPointer(inputAt + 8, address);
  }

  get inputAddress(): number {
    return this.arena.getPointer(inputAt + 8);
  }

  get inputSize(): number {
    return this.arena.getPointer(inputAt);
  }

  setBindings(value: Partial<gss_channel_bindings_struct>): void {
    gss_channel_bindings_struct.write(this.arena.view, value, bindingsAt);
  }

  get minor(): number {
    return this.arena.u32[minorAt >> 2] as number;
  }

  get flags(): number {
    return this.arena.u32[flagsAt >> 2] as number;
  }

  /** The lifetime in seconds. */
  get lifetime(): number {
    return this.arena.u32[lifetimeAt >> 2] as number;
  }

  /** The address of the token that the library made. */
  get outputAddress(): number {
    return this.arena.getPointer(outputAt + 8);
  }

  get outputSize(): number {
    return this.outputAddress === 0 ? 0 : this.arena.getPointer(outputAt);
  }

  releaseOutput(calls: GssapiCalls): void {
    if (this.outputAddress !== 0) calls.releaseBuffer(this.outputBufferAddress);
  }
}

export type ContextState = "legs" | "complete" | "failed";

/** The context behind a `CtxtHandle`. */
export class GssapiContext {
  readonly package: PackageName;
  readonly initiator: boolean;
  readonly cells = ContextCells.take();
  state: ContextState = "legs";
  /** Whether a leg is in progress. */
  busy = false;
  /** Whether the caller has passed channel bindings. */
  bound = false;
  /** `GSS_C_*_FLAG` of the last leg. */
  flags = 0;
  /** The time when the context expires, in milliseconds since 1970; infinite if it never expires. */
  expiry = Number.POSITIVE_INFINITY;
  /** The time when the context became complete. */
  established: Date | undefined;
  /** The server's `gss_name_t`, on a client; 0 if there is none. */
  target = 0;
  /** The token sizes of the context's messages; undefined before they are first needed. */
  sizes: MessageSizes | undefined;
  readonly #calls: GssapiCalls;
  #credential: GssapiCredential | undefined;
  /** The context's own `gss_cred_id_t`, until the context is complete. */
  #own = 0;

  constructor(calls: GssapiCalls, package_: PackageName, initiator: boolean) {
    this.#calls = calls;
    this.package = package_;
    this.initiator = initiator;
  }

  /** `gss_ctx_id_t` */
  get handle(): number {
    return this.cells.context;
  }

  /** The `gss_cred_id_t`; 0 once the context is complete. */
  get credential(): number {
    return this.#own;
  }

  /** Sets the credential that the context was made with, and keeps it alive until the last leg is over. */
  hold(credential: GssapiCredential, own: number): void {
    credential.retain();
    this.#credential = credential;
    this.#own = own;
  }

  /**
   * Marks the context complete: it needs no more legs. Times are in milliseconds since 1970; leave `expiry` out if the
   * context never expires.
   */
  complete(flags: number, expiry: number | undefined, established = Date.now()): void {
    this.flags = flags;
    this.expiry = expiry ?? Number.POSITIVE_INFINITY;
    this.established = new Date(established);
    this.state = "complete";
    this.letGoOfCredential();
  }

  /** Releases the credential and the target, which only a context with further legs needs. */
  private letGoOfCredential(): void {
    if (this.state === "complete" && !this.initiator && this.#own !== 0) this.#credential?.giveBack(this.#own);
    else this.#calls.releaseCredential(this.#own);
    this.#own = 0;
    this.#credential?.letGo();
    this.#credential = undefined;
    this.#calls.releaseName(this.target);
    this.target = 0;
  }

  /** Clears the handle without deleting the native context, which is deleted or has another owner. */
  forgetHandle(): void {
    this.cells.forgetContext();
  }

  /** Returns the client's delegated `gss_cred_id_t`, which the caller now owns; 0 if there is none. */
  takeDelegated(): number {
    const { delegated } = this.cells;
    this.cells.forgetDelegated();
    return delegated;
  }

  releaseSource(): void {
    this.#calls.releaseName(this.cells.source);
    this.cells.forgetSource();
  }

  /** Releases everything; call nothing after it. */
  release(): void {
    this.letGoOfCredential();
    this.releaseSource();
    this.#calls.releaseCredential(this.takeDelegated());
    this.#calls.deleteContext(this.handle);
    this.forgetHandle();
    this.cells.giveBack();
  }
}

/** Token sizes in bytes. */
export interface MessageSizes {
  /** The token of a sealed message. */
  readonly sealed: number;
  /** The token of a message that is signed but not sealed. */
  readonly signed: number;
  /** The token of a signature. */
  readonly signature: number;
  readonly dceStyle: boolean;
  /** Whether tokens are framed, as RFC 1964 defines for older keys. */
  readonly framed: boolean;
}
