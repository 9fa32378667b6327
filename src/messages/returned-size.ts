import { SEC_E_INTERNAL_ERROR } from "../../generated/status/constants.ts";
import type { BufferList } from "../memory/index.ts";
import { failure } from "../status/index.ts";

/** A buffer of a call: its place in the list, and where its room is and how large. */
interface Given {
  readonly operation: "EncryptMessage" | "DecryptMessage" | "MakeSignature";
  readonly index: number;
  readonly address: number;
  readonly room: number;
}

/**
 * How much of its room a package says that it has used. A size beyond the room, or bytes elsewhere, are believed nobody:
 * what lies there is other memory.
 *
 * @throws SspiError `SEC_E_INTERNAL_ERROR`
 */
export function returnedSize(buffers: BufferList, { operation, index, address, room }: Given): number {
  const size = buffers.size(index);
  if (size === 0 || (size <= room && buffers.pointer(index) === address)) return size;
  const cause = new RangeError(`the package named ${size} bytes outside its room of ${room}`);
  throw failure({ operation, status: SEC_E_INTERNAL_ERROR, cause });
}
