import { PackageError } from "./package-error.ts";

/** Maps a package's `LSA_SEC_HANDLE`s to its values. */
export class HandleTable<T> {
  readonly #entries = new Map<bigint, T>();

  set(handle: bigint, entry: T): void {
    this.#entries.set(handle, entry);
  }

  has(handle: bigint): boolean {
    return this.#entries.has(handle);
  }

  /** @throws PackageError `SEC_E_INVALID_HANDLE` */
  get(handle: bigint): T {
    const entry = this.#entries.get(handle);
    if (entry === undefined) throw new PackageError("SEC_E_INVALID_HANDLE");
    return entry;
  }

  /** @throws PackageError `SEC_E_INVALID_HANDLE` */
  take(handle: bigint): T {
    const entry = this.get(handle);
    this.#entries.delete(handle);
    return entry;
  }

  get count(): number {
    return this.#entries.size;
  }
}

/** Numbers the handles. They start below any mapped address, so a handle is never mistaken for a pointer. */
export class HandleNumbers {
  #last: bigint;

  constructor(start: bigint) {
    this.#last = start;
  }

  next(): bigint {
    this.#last += 8n;
    return this.#last;
  }
}
