import { gss_channel_bindings_struct } from "../../generated/gssapi/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import { Arena } from "../memory/index.ts";
import type { GssapiCalls } from "./gssapi-calls.ts";
import type { GssapiCredential, PackageName } from "./gssapi-credential.ts";

// Places of the out-parameters of a leg, and of the handles that a context has.
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

/** How many are kept for contexts to come. */
const mostSpare = 1024;

/** The memory of one context: a leg on another thread writes to it. */
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
  /** Where the `gss_buffer_desc`s are of the peer's token and of the answer to it. */
  readonly inputBufferAddress = this.arena.base + inputAt;
  readonly outputBufferAddress = this.arena.base + outputAt;
  readonly bindingsAddress = this.arena.base + bindingsAt;

  #taken = false;

  static take(): ContextCells {
    const cells = ContextCells.#spare.pop() ?? new ContextCells();
    cells.#taken = true;
    return cells;
  }

  /** Only when no leg is under way, and once: two contexts in one memory would be each other. */
  giveBack(): void {
    if (!this.#taken) throw new Error("the memory of a context was given back a second time");
    this.#taken = false;
    this.arena.bytes.fill(0);
    if (ContextCells.#spare.length < mostSpare) ContextCells.#spare.push(this);
  }

  /** Out-parameters as they have to be before a leg. */
  clearLeg(): void {
    for (let word = minorAt >> 2; word <= lifetimeAt >> 2; word += 1) this.arena.u32[word] = 0;
    for (let word = mechanismAt >> 2; word < (outputAt + 16) >> 2; word += 1) this.arena.u32[word] = 0;
  }

  /** `gss_ctx_id_t` */
  get context(): number {
    return this.arena.getPointer(contextAt);
  }

  /** `gss_name_t` of the client, a server's. */
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

  /** In seconds. */
  get lifetime(): number {
    return this.arena.u32[lifetimeAt >> 2] as number;
  }

  /** Where the token is that the library made. */
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

/** What a `CtxtHandle` stands for. */
export class GssapiContext {
  readonly package: PackageName;
  readonly initiator: boolean;
  readonly cells = ContextCells.take();
  state: ContextState = "legs";
  /** Whether a leg is under way. */
  busy = false;
  /** Whether channel bindings were given. */
  bound = false;
  /** `GSS_C_*_FLAG` of the last leg. */
  flags = 0;
  /** When it ends, in milliseconds since 1970; infinite where it never does. */
  expiry = Number.POSITIVE_INFINITY;
  /** When it was complete. */
  established: Date | undefined;
  /** `gss_name_t` of who is to answer, a client's; 0 where there is none. */
  target = 0;
  /** Lengths of what its messages get; undefined before they are asked for. */
  sizes: MessageSizes | undefined;
  readonly #calls: GssapiCalls;
  #credential: GssapiCredential | undefined;
  /** `gss_cred_id_t` of its own, until it is complete. */
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

  /** `gss_cred_id_t`; 0 once the context is complete. */
  get credential(): number {
    return this.#own;
  }

  /** The credential that it was made with, which is kept until its last leg is over. */
  hold(credential: GssapiCredential, own: number): void {
    credential.retain();
    this.#credential = credential;
    this.#own = own;
  }

  /** There are no more legs. Times in milliseconds since 1970; `expiry` is left out where it never ends. */
  complete(flags: number, expiry: number | undefined, established = Date.now()): void {
    this.flags = flags;
    this.expiry = expiry ?? Number.POSITIVE_INFINITY;
    this.established = new Date(established);
    this.state = "complete";
    this.letGoOfCredential();
  }

  /** What only a context with legs to go needs. */
  private letGoOfCredential(): void {
    if (this.state === "complete" && !this.initiator && this.#own !== 0) this.#credential?.giveBack(this.#own);
    else this.#calls.releaseCredential(this.#own);
    this.#own = 0;
    this.#credential?.letGo();
    this.#credential = undefined;
    this.#calls.releaseName(this.target);
    this.target = 0;
  }

  /** The native context is gone, or somebody else's. */
  forgetHandle(): void {
    this.cells.forgetContext();
  }

  /** The client's delegated credential, `gss_cred_id_t`, which is the caller's from now on; 0 where there is none. */
  takeDelegated(): number {
    const { delegated } = this.cells;
    this.cells.forgetDelegated();
    return delegated;
  }

  releaseSource(): void {
    this.#calls.releaseName(this.cells.source);
    this.cells.forgetSource();
  }

  /** Releases everything; nothing may be called after it. */
  release(): void {
    this.letGoOfCredential();
    this.releaseSource();
    this.#calls.releaseCredential(this.takeDelegated());
    this.#calls.deleteContext(this.handle);
    this.forgetHandle();
    this.cells.giveBack();
  }
}

/** In bytes. */
export interface MessageSizes {
  /** Of the token of a sealed message. */
  readonly sealed: number;
  /** Of the token of a message that is signed and not sealed. */
  readonly signed: number;
  /** Of a signature. */
  readonly signature: number;
  readonly dceStyle: boolean;
  /** Whether tokens are framed, as RFC 1964 has them for older keys. */
  readonly framed: boolean;
}
