export { DisposedError } from "../values/index.ts";
export { Arena, Room, withArena } from "./arena.ts";
export { readAttribute } from "./attribute-value.ts";
export { BufferList, bufferListSize } from "./buffer-list.ts";
export { Cell } from "./cell.ts";
export { attributeOf } from "./check-attribute.ts";
export { HandleSlot, handleArena } from "./handle-slot.ts";
export { addressInPlace, bytesAt } from "./in-place.ts";
export { live } from "./live.ts";
export { Owned, originOf } from "./owned.ts";
export { acquired, type ReleaseFunction, readAndRelease, release, surrendered } from "./release.ts";
export {
  copyOfSecret,
  putWideSecret,
  secretRoom,
  secretUnits,
  writeNarrowSecret,
  writeWideSecret,
} from "./secret-bytes.ts";
export { Shared } from "./shared.ts";
export { releaseUnowned, SharedHandle } from "./shared-handle.ts";
export { encodeUtf8, utf16Length } from "./unicode.ts";
export { writeWideString } from "./wide-string.ts";
export {
  inputCapacity,
  leaseWorkspace,
  returnWorkspace,
  unreported,
  type Workspace,
  withWorkspace,
  workspaceInUse,
} from "./workspace.ts";
