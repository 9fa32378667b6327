import { createCipheriv, randomBytes } from "node:crypto";
import {
  LSA_ALLOCATE_CLIENT_BUFFER,
  LSA_ALLOCATE_LSA_HEAP,
  LSA_ALLOCATE_PRIVATE_HEAP,
  LSA_COPY_FROM_CLIENT_BUFFER,
  LSA_COPY_TO_CLIENT_BUFFER,
  LSA_FREE_CLIENT_BUFFER,
  LSA_FREE_LSA_HEAP,
  LSA_FREE_PRIVATE_HEAP,
  LSA_MAP_BUFFER,
  LSA_PROTECT_MEMORY,
} from "../../../generated/ntsecpkg/callbacks.ts";
import { SECBUFFER_UNMAPPED } from "../../../generated/ntsecpkg/constants.ts";
import {
  STATUS_ACCESS_DENIED,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_MEMORY,
  STATUS_SUCCESS,
} from "../../../generated/ntstatus/constants.ts";
import { SecBuffer } from "../../../generated/sspi/structs.ts";
import type { Address } from "../../ctypes/index.ts";
import { type Implementations, implement } from "../../interface/native-table.ts";
import { copyMemory, copyOut, readStruct, writeBytes, writePointer, writeStruct } from "../../native/index.ts";
import type { HeapKind } from "./heap.ts";
import type { HostSurroundings } from "./surroundings.ts";

/** Functions for heaps, client buffers and memory. Client and package share this process. */
export function lsaMemory(host: HostSurroundings): Implementations {
  const { heap } = host;
  const allocate = (kind: HeapKind) => (size: Address) => heap.allocate(kind, Number(size));
  const free = (kind: HeapKind) => (address: Address) => void heap.release(kind, BigInt(address));
  const { protect } = memoryProtection();
  return {
    AllocateLsaHeap: implement(LSA_ALLOCATE_LSA_HEAP, allocate("LSA heap")),
    FreeLsaHeap: implement(LSA_FREE_LSA_HEAP, free("LSA heap")),
    // Releases a reply of another package, which may be in a client buffer: the calling package is the client.
    FreeReturnBuffer: implement(LSA_FREE_LSA_HEAP, (address) => {
      const kind = heap.kindOf(BigInt(address)) === "client buffer" ? "client buffer" : "LSA heap";
      heap.release(kind, BigInt(address));
    }),
    AllocatePrivateHeap: implement(LSA_ALLOCATE_PRIVATE_HEAP, allocate("private heap")),
    FreePrivateHeap: implement(LSA_FREE_PRIVATE_HEAP, free("private heap")),
    AllocateClientBuffer: implement(LSA_ALLOCATE_CLIENT_BUFFER, (_request, size, out) => {
      const address = heap.allocate("client buffer", size);
      writePointer(out, address);
      return address === 0n ? STATUS_NO_MEMORY : STATUS_SUCCESS;
    }),
    FreeClientBuffer: implement(LSA_FREE_CLIENT_BUFFER, (_request, address) =>
      heap.release("client buffer", BigInt(address)) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER,
    ),
    CopyToClientBuffer: implement(LSA_COPY_TO_CLIENT_BUFFER, (_request, length, client, source) =>
      copy(host, length, client, source, client),
    ),
    CopyFromClientBuffer: implement(LSA_COPY_FROM_CLIENT_BUFFER, (_request, length, target, client) =>
      copy(host, length, target, client, client),
    ),
    MapBuffer: implement(LSA_MAP_BUFFER, (input, output) => {
      const buffer = readStruct(SecBuffer, input);
      writeStruct(SecBuffer, output, { ...buffer, BufferType: (buffer.BufferType & ~SECBUFFER_UNMAPPED) >>> 0 });
      return STATUS_SUCCESS;
    }),
    LsaProtectMemory: implement(LSA_PROTECT_MEMORY, protect),
    LsaUnprotectMemory: implement(LSA_PROTECT_MEMORY, protect),
  };
}

function copy({ heap, diagnostics }: HostSurroundings, length: number, to: Address, from: Address, client: Address) {
  if (length === 0) return STATUS_SUCCESS;
  if (BigInt(to) === 0n || BigInt(from) === 0n) return STATUS_INVALID_PARAMETER;
  const size = heap.sizeOf(BigInt(client));
  if (size !== undefined && length > size) {
    diagnostics.misdeed("wrong-size", `${length} bytes copied to or from a client buffer of ${size}`);
    return STATUS_ACCESS_DENIED;
  }
  copyMemory(to, from, length);
  return STATUS_SUCCESS;
}

/**
 * Keeps secrets from lying in memory in plain text, but does not hide them from anybody who can read this process,
 * because the key is in it. One operation protects and unprotects, also if the bytes were moved in between.
 */
function memoryProtection(): { protect(address: Address, size: number): void } {
  const key = randomBytes(32);
  const counter = randomBytes(16);
  return {
    protect(address, size) {
      const given = copyOut(address, size);
      const changed = createCipheriv("aes-256-ctr", key, counter).update(given);
      writeBytes(address, changed);
      // Zero both copies, because one of them is the secret.
      given.fill(0);
      changed.fill(0);
    },
  };
}
