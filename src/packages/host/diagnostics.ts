import { inspect } from "node:util";
import { statusFact } from "../../status/index.ts";

/** Something that a package did and that LSA would have punished. */
export interface Misdeed {
  /** The package's name, or where the call came from outside of any call of the host's. */
  readonly package: string;
  /**
   * - `bad-free`: released twice, or never given out by this host, or with the function of another heap.
   * - `unknown-pointer`: an allocation that is not of this host's heaps; it was copied and leaked.
   * - `wrong-size`: more bytes claimed than the memory has.
   * - `exception`: a function written in JavaScript threw, or answered something that is no status.
   * - `refused`: a release function, or Shutdown, answered a failure.
   */
  readonly kind: "bad-free" | "unknown-pointer" | "wrong-size" | "exception" | "refused";
  /** What happened, in a line. */
  readonly text: string;
  /** What was thrown, where something was. */
  readonly error?: unknown;
}

/** A logon that a package reported with AuditLogon, AuditLogonEx or AuditAccountLogon. */
export interface Audit {
  /** The package that reported it. */
  readonly package: string;
  /** Whether the logon succeeded: the name of the status. */
  readonly status: string;
  /** The account, where the package named one. */
  readonly account: string | undefined;
}

/** What is held of a heap by a package. */
export interface Holding {
  /** Who holds it. */
  readonly package: string;
  /** Which of the host's heaps it is. */
  readonly heap: string;
  /** How many allocations. */
  readonly count: number;
  /** How many bytes they have together. */
  readonly bytes: number;
}

/** What a host has seen of its packages: plain values, at the time it was asked. */
export interface DiagnosticsReport {
  /** Functions of the LSA's tables that a package called and that this host does not have. */
  readonly unsupported: readonly { readonly package: string; readonly name: string; readonly count: number }[];
  /** What packages did wrong: the last thousand. */
  readonly misdeeds: readonly Misdeed[];
  /** Logons that packages reported: the last thousand. */
  readonly audits: readonly Audit[];
  /** What each package has allocated and not given back: after its Shutdown, its leaks. */
  readonly held: readonly Holding[];
  /** How many bytes packages have allocated altogether. */
  readonly bytesAllocated: number;
  /** How often packages have allocated. */
  readonly allocations: number;
  /** Handles of the host's callers that are open. */
  readonly open: { readonly credentials: number; readonly contexts: number; readonly tokens: number };
}

const kept = 1000;

/** The book a host keeps. The last thousand entries of each list stay. */
export class Diagnostics {
  readonly #unsupported = new Map<string, { package: string; name: string; count: number }>();
  readonly #misdeeds: Misdeed[] = [];
  readonly #audits: Audit[] = [];
  readonly #who: () => string;

  /** `who` is the package that is being called now. */
  constructor(who: () => string) {
    this.#who = who;
  }

  unsupported(name: string): void {
    const key = `${this.#who()}\n${name}`;
    const seen = this.#unsupported.get(key) ?? { package: this.#who(), name, count: 0 };
    seen.count += 1;
    this.#unsupported.set(key, seen);
  }

  misdeed(kind: Misdeed["kind"], text: string, error?: unknown): void {
    this.#misdeeds.push({ package: this.#who(), kind, text, ...(error === undefined ? {} : { error }) });
    if (this.#misdeeds.length > kept) this.#misdeeds.shift();
  }

  audit(status: number, account: string | undefined): void {
    this.#audits.push({ package: this.#who(), status: statusFact(status).code, account });
    if (this.#audits.length > kept) this.#audits.shift();
  }

  report(rest: Omit<DiagnosticsReport, "unsupported" | "misdeeds" | "audits">): DiagnosticsReport {
    return new Report({
      unsupported: [...this.#unsupported.values()].map((entry) => ({ ...entry })),
      misdeeds: [...this.#misdeeds],
      audits: [...this.#audits],
      ...rest,
    });
  }
}

/** A report that a REPL prints as lines. */
class Report implements DiagnosticsReport {
  declare readonly unsupported: DiagnosticsReport["unsupported"];
  declare readonly misdeeds: DiagnosticsReport["misdeeds"];
  declare readonly audits: DiagnosticsReport["audits"];
  declare readonly held: DiagnosticsReport["held"];
  declare readonly bytesAllocated: number;
  declare readonly allocations: number;
  declare readonly open: DiagnosticsReport["open"];

  constructor(values: DiagnosticsReport) {
    Object.assign(this, values);
  }

  [inspect.custom](): string {
    const { credentials, contexts, tokens } = this.open;
    return [
      `${this.allocations} allocations, ${this.bytesAllocated} bytes; open: ${credentials} credentials, ${contexts} contexts, ${tokens} tokens`,
      ...this.held.map((entry) => `${entry.package}: holds ${entry.count} of ${entry.heap}, ${entry.bytes} bytes`),
      ...this.unsupported.map((entry) => `${entry.package}: called ${entry.name}, unsupported, ${entry.count} times`),
      ...this.misdeeds.map((entry) => `${entry.package}: ${entry.kind}: ${entry.text}`),
      ...this.audits.map((entry) => `${entry.package}: audited ${entry.account ?? "nobody"}: ${entry.status}`),
    ].join("\n");
  }
}
