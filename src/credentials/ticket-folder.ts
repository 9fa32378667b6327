import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const open = new Set<string>();

function removeAll(): void {
  for (const folder of open) rmSync(folder, { recursive: true, force: true });
}

/**
 * A ticket cache of one credential, in a folder that only this user may read. A cache in memory would be visible to
 * every other credential of the process for the same user.
 */
export class TicketFolder {
  readonly #folder: string;

  constructor() {
    // mkdtemp makes folders with mode 0700.
    this.#folder = mkdtempSync(join(tmpdir(), "sspi-ffi-tickets-"));
    if (open.size === 0) process.once("exit", removeAll);
    open.add(this.#folder);
  }

  /** The name of the cache as Kerberos writes it. */
  get name(): string {
    return `FILE:${this.#file}`;
  }

  get #file(): string {
    return join(this.#folder, "ccache");
  }

  /** Whether a package has written to it. */
  get used(): boolean {
    return (statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0) > 0;
  }

  /** Deletes the folder. Harmless when repeated. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    open.delete(this.#folder);
    if (open.size === 0) process.off("exit", removeAll);
  }
}
