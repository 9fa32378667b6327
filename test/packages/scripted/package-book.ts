import { SEC_E_INTERNAL_ERROR, SEC_E_INVALID_HANDLE, SEC_E_OK } from "../../../generated/status/constants.ts";
import { NoMemory, PackageMemory } from "./package-memory.ts";
import type { PackageEntry, PackageEvent, PackageScript } from "./package-script.ts";

const noMemory = 0xc000_0017;

type HandleKind = "credential" | "context" | "session";

/** Records every call, allocation, release and handle of a scripted package, in order. */
export class PackageBook {
  readonly script: PackageScript;
  readonly events: PackageEvent[] = [];
  readonly memory = new PackageMemory(this.events);
  /** The mistakes of the host that the package noticed. */
  readonly wrongs: string[] = [];
  readonly #open: Record<HandleKind, Set<bigint>> = { credential: new Set(), context: new Set(), session: new Set() };
  readonly #next = new Map<PackageEntry, number>();
  #last = 0x5000n;
  #legs = 0;

  constructor(script: PackageScript) {
    this.script = script;
  }

  /** Records a call and returns the script's status, or else runs `work` with scratch memory. */
  entry(call: PackageEntry, event: Omit<PackageEvent, "call">, work: () => number, scratch = true): number {
    this.events.push({ call, ...event });
    const answer = this.#next.get(call) ?? this.script.answers?.[call];
    this.#next.delete(call);
    if (answer !== undefined) return answer;
    try {
      return scratch ? this.memory.withScratch(work) : work();
    } catch (error) {
      if (error instanceof NoMemory) return this.script.noMemory ?? noMemory;
      this.wrongs.push(`${call}: ${String(error)}`);
      return SEC_E_INTERNAL_ERROR;
    }
  }

  /** Makes the next call of an entry only return a status. */
  answerNext(call: PackageEntry, status: number): void {
    this.#next.set(call, status);
  }

  newHandle(kind: HandleKind): bigint {
    this.#last += 16n;
    return this.openHandle(kind, this.#last);
  }

  openHandle(kind: HandleKind, handle: bigint): bigint {
    if (this.#open[kind].has(handle)) this.wrongs.push(`${kind} ${handle} was opened twice`);
    this.#open[kind].add(handle);
    return handle;
  }

  /** Returns SEC_E_OK for an open handle; else records a mistake and returns SEC_E_INVALID_HANDLE. */
  use(kind: HandleKind, handle: bigint, purpose: string): number {
    if (this.#open[kind].has(handle)) return SEC_E_OK;
    this.wrongs.push(`${purpose} of ${kind} ${handle}, which is not open`);
    return SEC_E_INVALID_HANDLE;
  }

  closeHandle(kind: HandleKind, handle: bigint, purpose: string): number {
    const status = this.use(kind, handle, purpose);
    this.#open[kind].delete(handle);
    return status;
  }

  get open(): { readonly credentials: number; readonly contexts: number; readonly sessions: number } {
    const { credential, context, session } = this.#open;
    return { credentials: credential.size, contexts: context.size, sessions: session.size };
  }

  /** Restarts the script's legs, for new contexts. */
  restart(): void {
    this.#legs = 0;
    this.#next.clear();
  }

  nextLeg() {
    const leg = this.script.legs?.[this.#legs];
    this.#legs += 1;
    return leg;
  }

  /** The names of the calls and allocations so far. */
  get calls(): readonly string[] {
    return this.events.map(({ call }) => call);
  }
}
