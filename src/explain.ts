/// <reference types="node" preserve="true" />
/// <reference lib="es2022.error" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * What a token of an authentication says, for whoever looks for the reason why it is refused: without a provider, and
 * without any of its secrets.
 *
 * @module sspi-ffi/explain
 */
export { explain } from "./explain/explain.ts";
export type { Refusal, TokenExplanation, TokenFact } from "./explain/explanation.ts";
