import { inspect } from "node:util";
import { statusFact } from "../../status/index.ts";

/** A mistake of a package that LSA would not have tolerated. */
export interface Misdeed {
  /** The package's name; `outside of a call` if the host was not calling a package. */
  readonly package: string;
  /**
   * - `bad-free`: memory was released twice, or was not allocated by this host, or was released with another heap's
   *   function.
   * - `unknown-pointer`: an allocation that is not from this host's heaps; it was copied and leaked.
   * - `wrong-size`: the package claimed more bytes than the memory has.
   * - `exception`: a function written in JavaScript threw, or returned something that is not a status.
   * - `refused`: a release function, or Shutdown, returned a failure.
   */
  readonly kind: "bad-free" | "unknown-pointer" | "wrong-size" | "exception" | "refused";
  /** What happened, in one line. */
  readonly text: string;
  /** The thrown error, if there was one. */
  readonly error?: unknown;
}

/** A logon that a package reported with AuditLogon, AuditLogonEx or AuditAccountLogon. */
export interface Audit {
  /** The package that reported it. */
  readonly package: string;
  /** Whether the logon succeeded: the name of its status. */
  readonly status: string;
  /** The account; undefined if the package named none. */
  readonly account: string | undefined;
}

/** The memory of one heap that a package has not released. */
export interface Holding {
  /** The package that has allocated it. */
  readonly package: string;
  /** The heap that it is from. */
  readonly heap: string;
  /** The number of allocations. */
  readonly count: number;
  /** Their total size in bytes. */
  readonly bytes: number;
}

/** What a host has recorded about its packages: plain values, at the time of the call. */
export interface DiagnosticsReport {
  /** LSA functions that a package called and that this host does not implement. */
  readonly unsupported: readonly { readonly package: string; readonly name: string; readonly count: number }[];
  /** Mistakes of packages, the last thousand. */
  readonly misdeeds: readonly Misdeed[];
  /** Logons that packages reported, the last thousand. */
  readonly audits: readonly Audit[];
  /** The memory that each package has allocated and not released; after its Shutdown, its leaks. */
  readonly held: readonly Holding[];
  /** The total number of bytes that packages have allocated. */
  readonly bytesAllocated: number;
  /** The total number of allocations by packages. */
  readonly allocations: number;
  /** Open handles of the host's callers. */
  readonly open: { readonly credentials: number; readonly contexts: number; readonly tokens: number };
}

const kept = 1000;

/** The records that a host keeps: the last thousand entries of each list. */
export class Diagnostics {
  readonly #unsupported = new Map<string, { package: string; name: string; count: number }>();
  readonly #misdeeds: Misdeed[] = [];
  readonly #audits: Audit[] = [];
  readonly #who: () => string;

  /** `who` returns the name of the package that is being called now. */
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

/** A report that a REPL prints line by line. */
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
