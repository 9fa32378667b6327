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
  type AnyIdentity,
  AuthIdentity,
  Certificate,
  CertificateError,
  Credential,
  type CredentialOptions,
  type CredentialUse,
  type CredReadRequest,
  type CredsspOptions,
  type CredsspSubmitType,
  type CredWriteRequest,
  type DisabledAlgorithm,
  type Identity,
  type IdentityFlag,
  type IdentityStrings,
  type KdcProxySettings,
  type PackedCredentials,
  type PackedCredentialType,
  type PackedIdentity,
  type PemOptions,
  type PfxOptions,
  packages,
  type SchannelOptions,
  type SchannelProtocol,
  type SecurityPackage,
  SecurityPackages,
  type SettableCredentialAttributes,
  type StoreSearch,
  type TlsRestriction,
  targetHostName,
} from "./credentials/index.ts";
export { DisposedError, live, Owned } from "./memory/index.ts";
export {
  type DecryptOptions,
  NotEncryptedError,
  type ProtectOptions,
  type UnprotectOptions,
} from "./messages/index.ts";
export {
  FunctionNotFoundError,
  LibraryNotFoundError,
  type ProviderKind,
  type SecurityProvider,
  systemProvider,
} from "./native/index.ts";
export { SspiError, type StatusCode, type StatusFact, type StatusKind, statusFact } from "./status/index.ts";
