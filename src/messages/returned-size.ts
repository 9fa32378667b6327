import { SEC_E_INTERNAL_ERROR } from "../../generated/status/constants.ts";
import type { BufferList } from "../memory/index.ts";
import { failure } from "../status/index.ts";

/** A buffer of a call: its index in the list, and the address and size of its room. */
interface Given {
  readonly operation: "EncryptMessage" | "DecryptMessage" | "MakeSignature";
  readonly index: number;
  readonly address: number;
  readonly room: number;
}

/**
 * How many bytes of a buffer's room the package reports as used. A size beyond the room, or another address, is
 * refused, because the bytes there are other memory.
 *
 * @throws SspiError `SEC_E_INTERNAL_ERROR`
 */
export function returnedSize(buffers: BufferList, { operation, index, address, room }: Given): number {
  const size = buffers.size(index);
  if (buffers.isInside(index, address, room)) return size;
  const cause = new RangeError(`the package named ${size} bytes outside its room of ${room}`);
  throw failure({ operation, status: SEC_E_INTERNAL_ERROR, cause });
}
