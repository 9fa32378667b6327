export { capabilities } from "./capabilities.ts";
export type { Answer, AttributeAnswers, ContextCapabilities } from "./context-capabilities.ts";
export type { Impersonation, ProviderCapabilities } from "./provider-capabilities.ts";
