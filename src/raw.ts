/// <reference types="node" preserve="true" />
/// <reference lib="es2022.error" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The raw door: every function of the headers by its name, every struct, constant and callback, and the few
 * words that are needed to work with them. Nothing here is released for you.
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
export { FunctionNotFoundError } from "./native/function-not-found.ts";
export { koffiType } from "./native/koffi-types.ts";
export { addressOf, copyOut, readAnsiString, readStruct, readWideString } from "./native/memory-access.ts";
