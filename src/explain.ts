/// <reference types="node" preserve="true" />
/// <reference lib="es2022.error" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Explains what an authentication token contains, for readers who look for the reason of a refusal. This needs no
 * provider and shows none of the token's secrets.
 *
 * @module sspi-ffi/explain
 */
export { explain } from "./explain/explain.ts";
export type { Refusal, TokenExplanation, TokenFact } from "./explain/explanation.ts";
