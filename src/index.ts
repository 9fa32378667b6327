/**
 * SSPI for Node.js: credentials, client and server contexts, message protection.
 *
 * @packageDocumentation
 */
export type { ContextAttributes, CredentialAttributes } from "../generated/attributes.ts";
export {
  type Answer,
  type AttributeAnswers,
  type ContextCapabilities,
  capabilities,
  type Impersonation,
  type PackageCapabilities,
  type Protection,
  type ProviderCapabilities,
} from "./capabilities/index.ts";
export {
  type AccessToken,
  type BindingAddress,
  type ChannelBindings,
  ClientContext,
  type ClientContextOptions,
  type ContextOptions,
  ContextStateError,
  type ExportedContext,
  type ExportOptions,
  ImportedContext,
  type ImportOptions,
  importContext,
  KernelExportError,
  type Leg,
  RequirementError,
  SecurityContext,
  ServerContext,
  type ServerContextOptions,
} from "./contexts/index.ts";
export {
  Credential,
  type CredentialOptions,
  type CredentialUse,
  type Identity,
  packages,
  type SecurityPackage,
  SecurityPackages,
} from "./credentials/index.ts";
export { DisposedError, live, Owned } from "./memory/index.ts";
export {
  type DecryptOptions,
  NotEncryptedError,
  type ProtectOptions,
  type UnprotectOptions,
} from "./messages/index.ts";
export { LibraryNotFoundError, type ProviderKind, type SecurityProvider, systemProvider } from "./native/index.ts";
export { SspiError, type StatusCode, type StatusFact, type StatusKind, statusFact } from "./status/index.ts";
