import { closeHandle, duplicateHandle } from "../../native/index.ts";

/** The first reference: numbers that the kernel never hands out this early, and that fit a 32-bit handle. */
const firstReference = 0x7350_0000n;

/**
 * The token handles that a host hands out. A package keeps its own handle; a caller that keeps one gets a duplicate. On
 * Windows the duplicate is a kernel handle. If the kernel has no token handles (POSIX), or the package's value is not a
 * handle, it is a reference: a number of this host that represents the package's value until it is closed, and that
 * only this host understands.
 */
export class Tokens {
  readonly #references = new Map<bigint, bigint>();
  readonly #handles = new Set<bigint>();
  #next = firstReference;

  /** A handle for the caller of QuerySecurityContextToken; the package keeps its own. */
  lend(handle: bigint): bigint {
    const duplicate = duplicateHandle(handle);
    if (duplicate === undefined) return this.#refer(handle);
    this.#handles.add(duplicate);
    return duplicate;
  }

  /** A handle for the caller of ExportSecurityContext; the package has given its own away. */
  handOver(handle: bigint): bigint {
    const duplicate = duplicateHandle(handle);
    if (duplicate === undefined) return this.#refer(handle);
    closeHandle(handle);
    this.#handles.add(duplicate);
    return duplicate;
  }

  /**
   * DuplicateHandle of the LSA's table: the package closes the duplicate with the system's CloseHandle, if there is
   * one.
   */
  duplicateForPackage(handle: bigint): bigint {
    return duplicateHandle(handle) ?? handle;
  }

  /** Converts a handle that a caller passes to the value that the package understands. */
  meant(handle: bigint): bigint {
    return this.#references.get(handle) ?? handle;
  }

  /** Implements CloseHandle; false if the handle is neither this host's nor the kernel's. */
  close(handle: bigint): boolean {
    if (this.#references.delete(handle)) return true;
    this.#handles.delete(handle);
    return closeHandle(handle);
  }

  /** The number of handles that callers have not closed. */
  get open(): number {
    return this.#references.size + this.#handles.size;
  }

  #refer(handle: bigint): bigint {
    this.#next += 4n;
    this.#references.set(this.#next, handle);
    return this.#next;
  }
}
