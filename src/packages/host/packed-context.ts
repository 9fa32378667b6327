import { SecBuffer } from "../../../generated/sspi/structs.ts";
import { SEC_E_INSUFFICIENT_MEMORY, SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../../generated/status/constants.ts";
import type { Address } from "../../ctypes/index.ts";
import { copyOut, readStruct, writeStruct } from "../../native/index.ts";
import type { HostCore } from "./host-core.ts";

/**
 * Makes sure that FreeContextBuffer can release a packed context: copies it to the host's heap if it is not from there.
 */
export function settlePacked({ heap, diagnostics }: HostCore, at: Address): number {
  const packed = readStruct(SecBuffer, at);
  if (packed.pvBuffer === 0n) return SEC_E_OK;
  const size = heap.sizeOf(packed.pvBuffer);
  if (size === undefined) {
    const where = `0x${packed.pvBuffer.toString(16)}`;
    diagnostics.misdeed(
      "unknown-pointer",
      `a packed context at ${where} is of none of the host's heaps: copied and leaked`,
    );
    const copy = heap.allocateBytes("client buffer", copyOut(packed.pvBuffer, packed.cbBuffer));
    writeStruct(SecBuffer, at, { ...packed, cbBuffer: copy === 0n ? 0 : packed.cbBuffer, pvBuffer: copy });
    return copy === 0n ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_OK;
  }
  if (packed.cbBuffer <= size) return SEC_E_OK;
  diagnostics.misdeed("wrong-size", `claims ${packed.cbBuffer} bytes in a packed context of ${size}`);
  heap.take(packed.pvBuffer);
  writeStruct(SecBuffer, at, { cbBuffer: 0, BufferType: packed.BufferType, pvBuffer: 0n });
  return SEC_E_INTERNAL_ERROR;
}
