import { HandleBook } from "../../interface/handle-book.ts";
import { NativeMemory } from "../../interface/native-memory.ts";
import { Explanations, isFailure, statusFact } from "../../status/index.ts";
import { Diagnostics, type DiagnosticsReport } from "./diagnostics.ts";
import { Heap } from "./heap.ts";
import type { HostedPackage } from "./hosted-package.ts";
import { securityStatusOf } from "./security-status.ts";
import type { ClientIdentity, HostSurroundings } from "./surroundings.ts";
import { Tokens } from "./tokens.ts";
import type { Watchdog } from "./watchdog.ts";

/** A credential handle: it wraps the package's own handle. */
export interface HostCredential {
  readonly package: HostedPackage;
  readonly handle: bigint;
}

/** A context handle. User mode and LSA mode use the same package handle for one context. */
export interface HostContext {
  readonly package: HostedPackage;
  readonly handle: bigint;
  /** Whether LSA mode knows the context: true if legs made it, false if it was imported. */
  readonly lsaSide: boolean;
  /** Whether user mode knows the context. */
  userSide: boolean;
}

/** The state that the functions of a host's provider share. */
export class HostCore implements HostSurroundings {
  readonly diagnostics: Diagnostics;
  readonly heap: Heap;
  readonly tokens = new Tokens();
  readonly client: ClientIdentity;
  readonly packages: HostedPackage[] = [];
  readonly credentials = new HandleBook<HostCredential>();
  readonly contexts = new HandleBook<HostContext>();
  closed = false;
  readonly #stack: HostedPackage[] = [];
  /** The memory of the calls in progress: only native code refers to it, so it must be kept reachable here. */
  readonly #memories: NativeMemory[] = [];
  #calls = 0;
  readonly explanations = new Explanations();

  readonly #watchdog: Watchdog | undefined;

  constructor(client: ClientIdentity, watchdog?: Watchdog) {
    this.#watchdog = watchdog;
    const who = (): string => this.current?.name ?? "outside of a call";
    this.client = client;
    this.diagnostics = new Diagnostics(who);
    this.heap = new Heap(this.diagnostics, who);
  }

  get current(): HostedPackage | undefined {
    return this.#stack.at(-1);
  }

  get calls(): number {
    return this.#calls;
  }

  find(name: string): HostedPackage | undefined {
    const wanted = name.toLowerCase();
    return this.packages.find((hosted) => hosted.name.toLowerCase() === wanted);
  }

  within<T>(hosted: HostedPackage, work: () => T): T {
    this.#stack.push(hosted);
    this.#calls += 1;
    this.#watchdog?.begin(hosted.name);
    try {
      return work();
    } finally {
      this.#watchdog?.end();
      this.#stack.pop();
    }
  }

  /**
   * Calls a package with memory for its parameters. Converts its NTSTATUS to the SSPI equivalent; {@link explanation}
   * keeps the original status.
   */
  call(hosted: HostedPackage, name: string, work: (memory: NativeMemory) => number): number {
    const memory = new NativeMemory();
    this.#memories.push(memory);
    try {
      return this.translate(
        hosted,
        name,
        this.within(hosted, () => work(memory)),
      );
    } finally {
      this.#memories.pop();
    }
  }

  translate(hosted: HostedPackage, name: string, answer: number): number {
    const status = answer >>> 0;
    if (!isFailure(status)) return status;
    const { code, text } = statusFact(status);
    const equal = securityStatusOf(status);
    const said = `${hosted.name}: ${name} answered ${code}: ${text}${equal ? ` (which is to say: ${equal.reason})` : ""}`;
    const cause = hosted.explain(status);
    const error = cause ? new Error(said, { cause }) : new Error(said);
    const given = equal?.status ?? status;
    this.explanations.latest = { status: given, error };
    return given;
  }

  report(): DiagnosticsReport {
    return this.diagnostics.report({
      held: this.heap.held(),
      bytesAllocated: this.heap.bytes,
      allocations: this.heap.allocations,
      open: { credentials: this.credentials.count, contexts: this.contexts.count, tokens: this.tokens.open },
    });
  }
}
