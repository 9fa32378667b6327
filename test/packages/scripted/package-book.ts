import { SEC_E_INTERNAL_ERROR, SEC_E_INVALID_HANDLE, SEC_E_OK } from "../../../generated/status/constants.ts";
import { NoMemory, PackageMemory } from "./package-memory.ts";
import type { PackageEntry, PackageEvent, PackageScript } from "./package-script.ts";

const noMemory = 0xc000_0017;

type HandleKind = "credential" | "context" | "session";

/** What a scripted package remembers: every call, allocation, release and handle, in order. */
export class PackageBook {
  readonly script: PackageScript;
  readonly events: PackageEvent[] = [];
  readonly memory = new PackageMemory(this.events);
  /** What was done to the package that nobody may do. */
  readonly wrongs: string[] = [];
  readonly #open: Record<HandleKind, Set<bigint>> = { credential: new Set(), context: new Set(), session: new Set() };
  readonly #next = new Map<PackageEntry, number>();
  #last = 0x5000n;
  #legs = 0;

  constructor(script: PackageScript) {
    this.script = script;
  }

  /** Puts a call down, and answers it as the script says, or by `work` with scratch memory. */
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

  /** Has the next call of an entry answer a status, and do nothing. */
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

  /** SEC_E_OK, or SEC_E_INVALID_HANDLE for one that is not open, which is put down as a wrong. */
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

  /** The legs begin anew, for contexts that come now. */
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
