import { SEC_E_INTERNAL_ERROR } from "../../../generated/status/constants.ts";
import type { BufferList, Room } from "../../memory/index.ts";
import { failure } from "../../status/index.ts";

/** How a leg's native call ended. */
export interface Ending {
  readonly operation: string;
  readonly failed: boolean;
}

/**
 * How many bytes of its room the package reports as written to an output buffer. A size beyond the room, or another
 * address, is refused, because the bytes there are other memory. A call that failed keeps its own status and has no
 * output there: the package may report the size that it would have needed.
 *
 * @throws SspiError `SEC_E_INTERNAL_ERROR`
 */
export function outputSize(output: BufferList, index: number, room: Room, { operation, failed }: Ending): number {
  const size = output.size(index);
  if (output.isInside(index, room.address, room.size)) return size;
  if (failed) return 0;
  const cause = new RangeError(`the package named output of ${size} bytes outside its room of ${room.size}`);
  throw failure({ operation, status: SEC_E_INTERNAL_ERROR, cause });
}
