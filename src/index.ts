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
  type ControlToken,
  type ExportedContext,
  type ExportOptions,
  ImportedContext,
  type ImportOptions,
  importContext,
  KernelExportError,
  type Leg,
  type LegBuffer,
  type LegBufferContents,
  type LegOutput,
  type LegOutputRequest,
  RequirementError,
  SecurityContext,
  ServerContext,
  type ServerContextOptions,
  type StepOptions,
  SteppedContext,
} from "./contexts/index.ts";
export {
  Certificate,
  CertificateError,
  Credential,
  type CredentialOptions,
  type CredentialUse,
  type DisabledAlgorithm,
  type Identity,
  type PfxOptions,
  packages,
  type SchannelOptions,
  type SchannelProtocol,
  type SecurityPackage,
  SecurityPackages,
  type StoreSearch,
  type TlsRestriction,
} from "./credentials/index.ts";
export { DisposedError, live, Owned } from "./memory/index.ts";
export {
  type BufferAccess,
  type DecryptedMessage,
  type DecryptOptions,
  type MessageBuffer,
  type MessageBufferType,
  type MessagePart,
  MessageStyleError,
  NotEncryptedError,
  type ProtectOptions,
  type Quality,
  type StreamRead,
  type UnprotectOptions,
  type VerifiedMessage,
} from "./messages/index.ts";
export {
  FunctionNotFoundError,
  LibraryNotFoundError,
  type ProviderKind,
  type SecurityProvider,
  systemProvider,
} from "./native/index.ts";
export { SspiError, type StatusCode, type StatusFact, type StatusKind, statusFact } from "./status/index.ts";
export {
  type CredentialChoice,
  type SecureClientOptions,
  type SecureServerOptions,
  SecureStream,
  SecureStreamError,
  type SecureStreamErrorCode,
  type SecureStreamOptions,
  type ServerIdentityCheck,
} from "./streams/index.ts";
