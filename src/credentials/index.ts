export { type Acquired, type CredentialOptions, type CredentialUse, readsSettings } from "./acquire.ts";
export { acquiredOf, Credential } from "./credential.ts";
export type { Identity } from "./identity.ts";
export { findPackage, packages, type SecurityPackage, SecurityPackages } from "./security-packages.ts";
