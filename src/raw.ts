/// <reference types="node" preserve="true" />
/// <reference lib="es2022.error" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The raw door: every function of the headers by its name, every struct, constant and callback, and the few
 * words that are needed to work with them, on both sides of a call. Nothing here is released for you.
 *
 * @module sspi-ffi/raw
 */
export * from "../generated/raw.ts";
export {
  type HresultName,
  hresult,
  type NtStatusName,
  ntStatus,
  type SspiStatusName,
  sspiStatus,
  type Win32ErrorName,
  win32Error,
} from "../generated/status.ts";
export {
  type Abi,
  type Address,
  hostAbi,
  type In,
  type InOut,
  namesOf,
  type Out,
  type Struct,
} from "./ctypes/index.ts";
export { HandleBook } from "./interface/handle-book.ts";
export { type PackageInfo, packageInfos } from "./interface/package-infos.ts";
export { findBuffer, type SecurityBuffer, securityBuffers } from "./interface/security-buffers.ts";
export { FunctionNotFoundError } from "./native/function-not-found.ts";
export { koffiType } from "./native/koffi-types.ts";
export { addressOf, copyOut, readAnsiString, readStruct, readWideString } from "./native/memory-access.ts";
export { writeBytes, writeInt64, writePointer, writeStruct, writeUint32 } from "./native/memory-writes.ts";
