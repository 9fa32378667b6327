import { SecHandle } from "../../../generated/sspi/structs.ts";
import type { Address } from "../../ctypes/index.ts";
import { readStruct, writeStruct } from "../../native/index.ts";

let books = 0;

/**
 * The `CredHandle`s or `CtxtHandle`s of a host: the lower half is a number, the upper one says which book it is
 * of, so that a handle of another host, or of another kind, is refused and not followed.
 */
export class HandleBook<T> {
  readonly #entries = new Map<bigint, T>();
  readonly #mark: bigint;
  #last = 0n;

  constructor() {
    books += 1;
    this.#mark = BigInt(0x0505_0000 + books);
  }

  /** Writes a new handle where a `PCredHandle` or `PCtxtHandle` points. */
  issue(at: Address, entry: T): void {
    this.#last += 1n;
    this.#entries.set(this.#last, entry);
    writeStruct(SecHandle, at, { dwLower: this.#last, dwUpper: this.#mark });
  }

  /** What the handle at an address stands for; undefined where it is none of this book, or no longer. */
  find(at: Address): T | undefined {
    const id = this.#idAt(at);
    return id === undefined ? undefined : this.#entries.get(id);
  }

  /** {@link find}, and the handle is one no longer. */
  take(at: Address): T | undefined {
    const entry = this.find(at);
    if (entry !== undefined) this.#entries.delete(this.#idAt(at) as bigint);
    return entry;
  }

  /** Whether a handle was of this book once, whatever became of it. */
  issued(at: Address): boolean {
    const id = this.#idAt(at);
    return id !== undefined && id > 0n && id <= this.#last;
  }

  /** Takes everything. */
  drain(): T[] {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    return entries;
  }

  get count(): number {
    return this.#entries.size;
  }

  #idAt(at: Address): bigint | undefined {
    if (BigInt(at) === 0n) return undefined;
    const { dwLower, dwUpper } = readStruct(SecHandle, at);
    return dwUpper === this.#mark ? dwLower : undefined;
  }
}
