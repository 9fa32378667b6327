import { type CallbackDeclaration, hostAbi, pointer, type Struct } from "../ctypes/index.ts";
import { type CallbackOptions, copyOut, functionAt, type NativeCallback, registerCallback } from "../native/index.ts";
import { NativeMemory } from "./native-memory.ts";
import { tableEnd } from "./table-versions.ts";

/** One member of a function table, implemented in JavaScript. */
export interface Implementation {
  readonly declaration: CallbackDeclaration;
  readonly work: (...args: never[]) => unknown;
}

/** Pairs a function with its declaration, which gives the function's arguments their types. */
export function implement<F extends (...args: never[]) => unknown>(
  declaration: CallbackDeclaration<F>,
  work: F,
): Implementation {
  return { declaration: declaration as CallbackDeclaration, work };
}

export type Implementations = Readonly<Record<string, Implementation | undefined>>;

/**
 * Tables that native code may still call. They are kept alive here, because the garbage collector cannot see native
 * callers, and their owner may be collected while its provider is still used.
 */
const callable = new Set<NativeTable>();

/** Consecutive structs of function pointers in native memory, whose members are JavaScript functions. */
export class NativeTable {
  readonly address: number;
  readonly #memory = new NativeMemory();
  readonly #callbacks: NativeCallback[] = [];

  /**
   * Makes a struct for each element of `implementations`. Members without an implementation are NULL; members newer
   * than `version` are omitted, so that the next struct begins there.
   *
   * @throws Error naming a member that the table does not have, or whose declaration differs.
   */
  constructor(type: Struct, implementations: readonly Implementations[], options: CallbackOptions, version?: number) {
    const end = tableEnd(type, version);
    const room = this.#memory.allocate(end * implementations.length);
    this.address = room.address;
    try {
      implementations.forEach((members, index) => {
        this.#fill(type, members, new DataView(room.view.buffer, index * end, end), options);
      });
    } catch (error) {
      this.release();
      throw error;
    }
    callable.add(this);
  }

  #fill(type: Struct, implementations: Implementations, table: DataView<ArrayBuffer>, options: CallbackOptions): void {
    const members = (type.functions?.() ?? {}) as Record<string, CallbackDeclaration | undefined>;
    const offsets = type.layouts[hostAbi].offsets as Record<string, number>;
    for (const [name, implementation] of Object.entries(implementations)) {
      if (!implementation) continue;
      const [declared, offset] = [members[name], offsets[name]];
      if (declared !== implementation.declaration || offset === undefined || offset >= table.byteLength)
        throw new Error(`${type.name} has no ${name} that is ${implementation.declaration.name}`);
      const callback = registerCallback(declared, implementation.work, options);
      this.#callbacks.push(callback);
      pointer.set(table, offset, callback.address, name);
    }
  }

  /** Releases the callbacks; nothing may call a member afterwards. Harmless when repeated. */
  release(): void {
    callable.delete(this);
    for (const callback of this.#callbacks.splice(0)) callback.release();
  }
}

/** A table that other code made, copied up to its end. */
export class ForeignTable {
  readonly #type: Struct;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #bound = new Map<string, unknown>();

  /** Copies `size` bytes; memory after them is never read. */
  constructor(type: Struct, address: bigint, size: number) {
    this.#type = type;
    this.#bytes = copyOut(address, size);
  }

  /** Returns the function of a member; undefined where the member is NULL or newer than the table. */
  find<F>(member: string, declaration: CallbackDeclaration<F>): F | undefined {
    if (!this.#bound.has(member)) this.#bound.set(member, this.#bind(member, declaration));
    return this.#bound.get(member) as F | undefined;
  }

  has(member: string): boolean {
    return this.address(member) !== 0n;
  }

  /** Returns the function pointer of a member, or 0. */
  address(member: string): bigint {
    const offset = (this.#type.layouts[hostAbi].offsets as Record<string, number>)[member];
    if (offset === undefined || offset + pointer.size() > this.#bytes.length) return 0n;
    return pointer.get(new DataView(this.#bytes.buffer), offset);
  }

  #bind(member: string, declaration: CallbackDeclaration): unknown {
    const address = this.address(member);
    return address === 0n ? undefined : functionAt(declaration, address);
  }
}
