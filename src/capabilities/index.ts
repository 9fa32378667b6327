export type { Answer } from "./answer.ts";
export { capabilities } from "./capabilities.ts";
export type { AttributeAnswers, ContextCapabilities } from "./context-capabilities.ts";
export type { Protection } from "./protection.ts";
export type { Impersonation, PackageCapabilities, ProviderCapabilities } from "./provider-capabilities.ts";
