import { SEC_E_INTERNAL_ERROR } from "../../generated/status/constants.ts";
import type { BufferList } from "../memory/index.ts";
import { failure, type SspiError } from "../status/index.ts";
import type { NativeOperation } from "./buffer-memory.ts";

/**
 * How many bytes of a buffer's room the package reports as used. A size beyond the room, or another address, is
 * refused, because the bytes there are other memory.
 *
 * @throws SspiError `SEC_E_INTERNAL_ERROR`
 */
export function returnedSize(
  operation: NativeOperation,
  buffers: BufferList,
  index: number,
  address: number,
  room: number,
): number {
  const size = buffers.size(index);
  if (!buffers.isInside(index, address, room)) throw outside(operation, size, room);
  return size;
}

function outside(operation: NativeOperation, size: number, room: number): SspiError {
  const cause = new RangeError(`the package named ${size} bytes outside its room of ${room}`);
  return failure({ operation, status: SEC_E_INTERNAL_ERROR, cause });
}
