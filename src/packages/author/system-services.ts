import {
  LSA_ALLOCATE_CLIENT_BUFFER,
  LSA_ALLOCATE_LSA_HEAP,
  LSA_COPY_FROM_CLIENT_BUFFER,
  LSA_COPY_TO_CLIENT_BUFFER,
  LSA_DUPLICATE_HANDLE,
  LSA_FREE_CLIENT_BUFFER,
  LSA_FREE_LSA_HEAP,
  LSA_GET_CLIENT_INFO,
} from "../../../generated/ntsecpkg/callbacks.ts";
import {
  LSA_SECPKG_FUNCTION_TABLE,
  SECPKG_CLIENT_INFO,
  SECPKG_DLL_FUNCTIONS,
} from "../../../generated/ntsecpkg/structs.ts";
import { type Address, hostAbi, pointerSize } from "../../ctypes/index.ts";
import { NativeMemory } from "../../interface/native-memory.ts";
import { ForeignTable } from "../../interface/native-table.ts";
import { Cell } from "../../memory/index.ts";
import { writeBytes } from "../../native/index.ts";
import { isFailure } from "../../status/index.ts";
import type { CallerInfo } from "./definition.ts";
import { PackageError } from "./package-error.ts";

/** The end of the oldest LSA's table, which includes every function that is used here. */
const lsaTableEnd = LSA_SECPKG_FUNCTION_TABLE.layouts[hostAbi].offsets.GetCallInfo + pointerSize(hostAbi);
const dllTableEnd = SECPKG_DLL_FUNCTIONS.layouts[hostAbi].offsets.FreeHeap + pointerSize(hostAbi);

/** The functions that a host (LSA or a `PackageHost`) gives to a package. */
export class SystemServices {
  #lsa: ForeignTable | undefined;
  #dll: ForeignTable | undefined;

  attachLsa(table: Address): void {
    this.#lsa = new ForeignTable(LSA_SECPKG_FUNCTION_TABLE, BigInt(table), lsaTableEnd);
  }

  attachDll(table: Address): void {
    this.#dll = new ForeignTable(SECPKG_DLL_FUNCTIONS, BigInt(table), dllTableEnd);
  }

  /** Whether a host has a package loaded: true between Initialize and Shutdown. */
  get attached(): boolean {
    return this.#lsa !== undefined;
  }

  detach(): void {
    this.#lsa = undefined;
    this.#dll = undefined;
  }

  /** Copies bytes to memory that the LSA releases. */
  lsaBytes(bytes: Uint8Array): bigint {
    return filled(this.#lsaHeap(), bytes);
  }

  /** Releases {@link lsaBytes} that were not handed out. */
  freeLsaBytes(address: bigint): void {
    this.#lsa?.find("FreeLsaHeap", LSA_FREE_LSA_HEAP)?.(address);
  }

  /** Copies bytes to memory that the caller of SSPI releases with FreeContextBuffer. */
  callerBytes(bytes: Uint8Array): bigint {
    return filled(this.#dll?.find("AllocateHeap", LSA_ALLOCATE_LSA_HEAP) ?? this.#lsaHeap(), bytes);
  }

  /** Releases {@link callerBytes} that were not handed out. */
  freeCallerBytes(address: bigint): void {
    if (this.#dll) this.#dll.find("FreeHeap", LSA_FREE_LSA_HEAP)?.(address);
    else this.freeLsaBytes(address);
  }

  /** Copies bytes to memory of the client that made a request; the client releases it. */
  clientBytes(request: Address, bytes: Uint8Array): bigint {
    const allocate = this.#lsa?.find("AllocateClientBuffer", LSA_ALLOCATE_CLIENT_BUFFER);
    const copy = this.#lsa?.find("CopyToClientBuffer", LSA_COPY_TO_CLIENT_BUFFER);
    const memory = new NativeMemory();
    const place = memory.cell();
    if (!allocate || !copy || isFailure(allocate(request, bytes.length, place.address)))
      throw new PackageError("SEC_E_INSUFFICIENT_MEMORY");
    const source = memory.bytes(bytes);
    const status = copy(request, bytes.length, place.pointer, source.address);
    // Zero the source, because it may be secret. This also keeps it reachable while the LSA reads it.
    new Uint8Array(source.view.buffer).fill(0);
    if (isFailure(status)) {
      this.#lsa?.find("FreeClientBuffer", LSA_FREE_CLIENT_BUFFER)?.(request, place.pointer);
      throw new PackageError("SEC_E_INTERNAL_ERROR");
    }
    return place.pointer;
  }

  /** Copies bytes from the client's memory. */
  fromClient(address: bigint, size: number): Buffer {
    const copy = this.#lsa?.find("CopyFromClientBuffer", LSA_COPY_FROM_CLIENT_BUFFER);
    if (!copy) throw new PackageError("SEC_E_INTERNAL_ERROR", { message: "the LSA has no CopyFromClientBuffer" });
    const memory = new NativeMemory();
    const room = memory.allocate(size);
    if (size > 0 && isFailure(copy(0, size, room.address, address))) throw new PackageError("SEC_E_INTERNAL_ERROR");
    return Buffer.from(room.view.buffer, 0, size);
  }

  client(): CallerInfo {
    const room = new NativeMemory().allocate(SECPKG_CLIENT_INFO.layouts[hostAbi].size);
    this.#lsa?.find("GetClientInfo", LSA_GET_CLIENT_INFO)?.(room.address);
    const { ProcessID, LogonId } = SECPKG_CLIENT_INFO.read(room.view);
    return { processId: ProcessID, logonId: LogonId };
  }

  /** Duplicates a handle to hand out, because the package keeps its own. */
  duplicate(handle: bigint): bigint {
    const place = new Cell();
    const duplicate = this.#lsa?.find("DuplicateHandle", LSA_DUPLICATE_HANDLE);
    if (!duplicate || isFailure(duplicate(handle, place.address))) throw new PackageError("SEC_E_INTERNAL_ERROR");
    return place.pointer;
  }

  #lsaHeap() {
    return this.#lsa?.find("AllocateLsaHeap", LSA_ALLOCATE_LSA_HEAP);
  }
}

function filled(allocate: ((size: number) => Address) | undefined, bytes: Uint8Array): bigint {
  const address = BigInt(allocate?.(bytes.length) ?? 0);
  if (address === 0n) throw new PackageError("SEC_E_INSUFFICIENT_MEMORY");
  writeBytes(address, bytes);
  return address;
}
