import {
  LSA_ALLOCATE_CLIENT_BUFFER,
  LSA_ALLOCATE_LSA_HEAP,
  LSA_ALLOCATE_PRIVATE_HEAP,
  LSA_FREE_LSA_HEAP,
  LSA_FREE_PRIVATE_HEAP,
} from "../../../generated/ntsecpkg/callbacks.ts";
import { LSA_SECPKG_FUNCTION_TABLE, SECPKG_DLL_FUNCTIONS } from "../../../generated/ntsecpkg/structs.ts";
import { type Address, hostAbi, type Struct } from "../../../src/ctypes/index.ts";
import { ForeignTable } from "../../../src/interface/native-table.ts";
import { Cell } from "../../../src/memory/index.ts";
import { writeBytes } from "../../../src/native/index.ts";
import type { PackageEvent } from "./package-script.ts";

/** An allocation function returned NULL. */
export class NoMemory extends Error {}

export type Allocator = "AllocateLsaHeap" | "AllocateHeap" | "AllocateClientBuffer";

/** Allocates and releases with the host's tables for a scripted package, and records each call. */
export class PackageMemory {
  lsa: ForeignTable | undefined;
  dll: ForeignTable | undefined;
  readonly #events: PackageEvent[];

  constructor(events: PackageEvent[]) {
    this.#events = events;
  }

  attach(which: "lsa" | "dll", table: Address): void {
    const type = (which === "lsa" ? LSA_SECPKG_FUNCTION_TABLE : SECPKG_DLL_FUNCTIONS) as Struct;
    const size = type.layouts[hostAbi].offsets[
      which === "lsa" ? "GetExtendedCallFlags" : "LocatePackageById"
    ] as number;
    this[which] = new ForeignTable(type, BigInt(table), size);
  }

  /** Runs `work` with temporary memory, so that every call can fail for lack of memory. */
  withScratch(work: () => number): number {
    const address = this.#note(
      "AllocatePrivateHeap",
      24,
      this.#lsa.find("AllocatePrivateHeap", LSA_ALLOCATE_PRIVATE_HEAP)?.(24),
    );
    try {
      return work();
    } finally {
      this.#events.push({ call: "FreePrivateHeap", address });
      this.#lsa.find("FreePrivateHeap", LSA_FREE_PRIVATE_HEAP)?.(address);
    }
  }

  /** Copies bytes to memory that the recipient releases. @throws NoMemory */
  give(how: Allocator, bytes: Uint8Array): bigint {
    const address = this.#note(how, bytes.length, this.#allocate(how, bytes.length));
    writeBytes(address, bytes);
    return address;
  }

  /** Releases memory that no recipient got. */
  release(how: "FreeLsaHeap" | "FreeHeap", address: bigint): void {
    this.#events.push({ call: how, address });
    const table = how === "FreeHeap" ? this.dll : this.#lsa;
    table?.find(how, LSA_FREE_LSA_HEAP)?.(address);
  }

  #allocate(how: Allocator, size: number): Address | undefined {
    if (how === "AllocateHeap") return this.dll?.find(how, LSA_ALLOCATE_LSA_HEAP)?.(size);
    if (how === "AllocateLsaHeap") return this.#lsa.find(how, LSA_ALLOCATE_LSA_HEAP)?.(size);
    const place = new Cell();
    this.#lsa.find(how, LSA_ALLOCATE_CLIENT_BUFFER)?.(0, size, place.address);
    return place.pointer;
  }

  #note(call: string, size: number, answer: Address | undefined): bigint {
    const address = BigInt(answer ?? 0);
    this.#events.push({ call, size, address });
    if (address === 0n) throw new NoMemory(call);
    return address;
  }

  get #lsa(): ForeignTable {
    if (!this.lsa) throw new Error("a package that is not initialised was called");
    return this.lsa;
  }
}
