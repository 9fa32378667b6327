export type { Answer } from "./answer.ts";
export { capabilities } from "./capabilities.ts";
export type { AttributeSupport, ContextCapabilities } from "./context-capabilities.ts";
export type { Protection } from "./protection.ts";
export type { ImpersonationSupport, PackageCapabilities, ProviderCapabilities } from "./provider-capabilities.ts";
