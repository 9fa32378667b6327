import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const open = new Set<string>();

function removeAll(): void {
  for (const folder of open) rmSync(folder, { recursive: true, force: true });
}

/**
 * A ticket cache of one credential, in a folder that only this user may look into. A cache in memory would be found by
 * every other credential of the process that has the same user.
 */
export class TicketFolder {
  readonly #folder: string;

  constructor() {
    // mkdtemp makes folders with mode 0700.
    this.#folder = mkdtempSync(join(tmpdir(), "sspi-ffi-tickets-"));
    if (open.size === 0) process.once("exit", removeAll);
    open.add(this.#folder);
  }

  /** What Kerberos calls it. */
  get name(): string {
    return `FILE:${this.#file}`;
  }

  get #file(): string {
    return join(this.#folder, "ccache");
  }

  /** Whether a package has put something into it. */
  get used(): boolean {
    return (statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0) > 0;
  }

  /** Harmless when repeated. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    open.delete(this.#folder);
    if (open.size === 0) process.off("exit", removeAll);
  }
}
