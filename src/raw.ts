/**
 * The raw door: every function of the headers by its name, every struct, constant and callback, and the few
 * words that are needed to work with them. Nothing here is released for you.
 *
 * @packageDocumentation
 */
export * from "../generated/base/callbacks.ts";
export * from "../generated/base/structs.ts";
export * from "../generated/credssp/constants.ts";
export * from "../generated/credssp/structs.ts";
export * from "../generated/lsalookup/structs.ts";
export * from "../generated/minschannel/constants.ts";
export * from "../generated/minschannel/structs.ts";
export * from "../generated/ncrypt/constants.ts";
export * from "../generated/ntsecapi/callbacks.ts";
export * from "../generated/ntsecapi/constants.ts";
export * from "../generated/ntsecapi/structs.ts";
export * from "../generated/ntsecpkg/callbacks.ts";
export * from "../generated/ntsecpkg/constants.ts";
export * from "../generated/ntsecpkg/structs.ts";
export * from "../generated/ntstatus/constants.ts";
export * from "../generated/ntstatus-devices/constants.ts";
export * from "../generated/ntstatus-later/constants.ts";
export * from "../generated/ntstatus-storage/constants.ts";
export * from "../generated/raw.ts";
export * from "../generated/schannel/callbacks.ts";
export * from "../generated/schannel/constants.ts";
export * from "../generated/schannel/structs.ts";
export * from "../generated/secext/constants.ts";
export * from "../generated/security/constants.ts";
export * from "../generated/sspi/callbacks.ts";
export * from "../generated/sspi/constants.ts";
export * from "../generated/sspi/structs.ts";
export * from "../generated/status/constants.ts";
export { type NtStatusName, ntStatus, type SspiStatusName, sspiStatus } from "../generated/status.ts";
export * from "../generated/subauth/constants.ts";
export * from "../generated/wincred/structs.ts";
export * from "../generated/wincrypt/constants.ts";
export * from "../generated/wincrypt/structs.ts";
export * from "../generated/windef/structs.ts";
export * from "../generated/winnt/constants.ts";
export * from "../generated/winnt/structs.ts";
export * from "../generated/winpr/callbacks.ts";
export * from "../generated/winpr/constants.ts";
export * from "../generated/winpr/structs.ts";
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
