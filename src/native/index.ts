export { LibraryNotFoundError } from "./library-choice.ts";
export { addressOfBuffer, copyMemory, copyOut, readAnsiString, readStruct, readWideString } from "./memory-access.ts";
export type { ProviderKind, SecurityProvider } from "./security-provider.ts";
export { systemProvider } from "./system-provider.ts";
