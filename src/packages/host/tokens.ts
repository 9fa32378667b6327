import { closeHandle, duplicateHandle } from "../../native/index.ts";

/** Values that the kernel never hands out this early, and that fit a 32-bit handle. */
const firstReference = 0x7350_0000n;

/**
 * The token handles that a host hands out. A package keeps its own handle; whoever is given one to keep gets a
 * duplicate. On Windows that is a handle of the kernel's. Where the kernel has no token handles (POSIX), or the
 * package's value is none, it is a reference: a number of this host's that stands for the package's value until
 * it is closed, and that only this host understands.
 */
export class Tokens {
  readonly #references = new Map<bigint, bigint>();
  readonly #handles = new Set<bigint>();
  #next = firstReference;

  /** For the caller of QuerySecurityContextToken: the package's handle stays the package's. */
  lend(handle: bigint): bigint {
    const duplicate = duplicateHandle(handle);
    if (duplicate === undefined) return this.#refer(handle);
    this.#handles.add(duplicate);
    return duplicate;
  }

  /** For the caller of ExportSecurityContext: the package gave its handle away. */
  handOver(handle: bigint): bigint {
    const duplicate = duplicateHandle(handle);
    if (duplicate === undefined) return this.#refer(handle);
    closeHandle(handle);
    this.#handles.add(duplicate);
    return duplicate;
  }

  /** DuplicateHandle of the LSA's table: the package closes it with the system's CloseHandle, where there is one. */
  duplicateForPackage(handle: bigint): bigint {
    return duplicateHandle(handle) ?? handle;
  }

  /** What a package is given for a handle that a caller passes. */
  meant(handle: bigint): bigint {
    return this.#references.get(handle) ?? handle;
  }

  /** CloseHandle; false where it is none of this host's and none of the kernel's. */
  close(handle: bigint): boolean {
    if (this.#references.delete(handle)) return true;
    this.#handles.delete(handle);
    return closeHandle(handle);
  }

  /** How many callers have not closed theirs. */
  get open(): number {
    return this.#references.size + this.#handles.size;
  }

  #refer(handle: bigint): bigint {
    this.#next += 4n;
    this.#references.set(this.#next, handle);
    return this.#next;
  }
}
