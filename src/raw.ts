/// <reference types="node" preserve="true" />
/// <reference lib="es2022.error" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The raw entry point: every function, struct, constant and callback of the headers by its name, and the few helpers
 * that are needed to use them, both for calling and for being called. Nothing here is released for you.
 *
 * @module sspi-ffi/raw
 */
export * from "../generated/raw.ts";
export type { ReleaseFunction } from "../generated/release-functions.ts";
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
  type AttributeDeclaration,
  arrayOf,
  attribute,
  bits,
  bool8,
  bool32,
  bytes,
  type CallbackDeclaration,
  declareCallback,
  declareFunction,
  type FunctionDeclaration,
  type HandleOwner,
  hostAbi,
  type In,
  type InOut,
  i8,
  i16,
  i32,
  i64,
  isize,
  layouts,
  lonePointer,
  long,
  type Memory,
  namesOf,
  nothing,
  type Out,
  pointer,
  replace,
  type Scalar,
  type Struct,
  struct,
  u8,
  u16,
  u32,
  u64,
  ulong,
  usize,
  wideText,
} from "./ctypes/index.ts";
export { HandleBook } from "./interface/handle-book.ts";
export { type PackageInfo, packageInfos } from "./interface/package-infos.ts";
export { findBuffer, type SecurityBuffer, securityBuffers } from "./interface/security-buffers.ts";
export { type BindOptions, bind } from "./native/bind.ts";
export { BindError } from "./native/bind-error.ts";
export type {
  BindableFunction,
  BindableFunctions,
  BindableParameter,
  BoundFunction,
  BoundFunctions,
} from "./native/bound-types.ts";
export { FunctionNotFoundError } from "./native/function-not-found.ts";
export { koffiType } from "./native/koffi-types.ts";
export { addressOf, copyOut, readAnsiString, readStruct, readWideString } from "./native/memory-access.ts";
export { writeBytes, writeInt64, writePointer, writeStruct, writeUint32 } from "./native/memory-writes.ts";
export { type NativeCallbackOptions, nativeCallback, type OwnedCallback } from "./native/native-callback.ts";
