export {
  accountOfSid,
  isTokenMember,
  type SystemAccount,
  type SystemFailure,
  type TokenInformation,
  tokenInformation,
} from "./access-tokens.ts";
export { callOffThread } from "./async-calls.ts";
export { providerFunctions } from "./bound-provider.ts";
export { type CallbackOptions, callbackSlots, functionAt, type NativeCallback, registerCallback } from "./callbacks.ts";
export { checkProvider, ownProvider } from "./check-provider.ts";
export { AnswerError } from "./checked-provider.ts";
export { assembleProvider, defineProvider, type ProviderDefinition } from "./define-provider.ts";
export { FunctionNotFoundError } from "./function-not-found.ts";
export { documentedTraits } from "./known-traits.ts";
export type { NativeFunction } from "./koffi.ts";
export { LibraryNotFoundError, libraryOfEnvironment, offersGssapi } from "./library-choice.ts";
export {
  addressOf,
  addressOfBuffer,
  copyHandedOut,
  copyMemory,
  copyOut,
  HandedOutError,
  readAnsiString,
  readStruct,
  readWideString,
} from "./memory-access.ts";
export {
  readUint16,
  readUint32,
  writeBytes,
  writeInt64,
  writePointer,
  writeStruct,
  writeUint8,
  writeUint32,
} from "./memory-writes.ts";
export { NativeLibrary } from "./native-library.ts";
export { NativeModuleError } from "./native-module-error.ts";
export type { CallKind } from "./places.ts";
export { includesPackage, type PackageSet, type ProviderTraits } from "./provider-traits.ts";
export type { ClientAccount, ProviderKind, SecurityProvider } from "./security-provider.ts";
export { sspiFunction } from "./sspi-library.ts";
export { providerNamed, systemProvider } from "./system-provider.ts";
export { type Turn, takeTurn } from "./turns.ts";
export { type FunctionSet, functionSet, withLastError } from "./windows-functions.ts";
export { closeHandle, duplicateHandle, duplicateHandleInto, impersonateUser, revertToSelf } from "./windows-handles.ts";
