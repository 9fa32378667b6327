export type { PackageFault } from "./answers.ts";
export {
  DefinedPackage,
  type DefinedPackageState,
  DefinedPackages,
  definePackage,
  definePackages,
  type OpenHandles,
} from "./define-package.ts";
export type {
  AcceptRequest,
  CallerInfo,
  CredentialRequest,
  InitRequest,
  LegInputBuffer,
  LegRequest,
  PackageDefinition,
  PackageLeg,
} from "./definition.ts";
export { PackageError, type PackageStatus } from "./package-error.ts";
export type {
  AddedCredentials,
  ContextSetting,
  ControlRequest,
  CredentialSetting,
  PackageCall,
  PackageCaller,
  SettingRequest,
} from "./requests.ts";
export type {
  AttributeAnswers,
  MessageOptions,
  OpenedRecord,
  SealedRecord,
  SealOptions,
  Session,
  SessionExportOptions,
  SessionOrigin,
} from "./session.ts";
export type {
  ReadableCredentials,
  SuppliedCredssp,
  SuppliedIdentity,
  SuppliedSchannel,
} from "./supplied-credentials.ts";
