/**
 * What a token of an authentication says, for whoever looks for the reason why it is refused: without a provider, and
 * without any of its secrets.
 *
 * @packageDocumentation
 */
export { explain } from "./explain/explain.ts";
export type { Refusal, TokenExplanation, TokenFact } from "./explain/explanation.ts";
