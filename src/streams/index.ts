export { SecureStream } from "./secure-stream.ts";
export type { ServerIdentityCheck } from "./server-identity.ts";
export { SecureStreamError, type SecureStreamErrorCode } from "./stream-error.ts";
export type {
  CredentialChoice,
  SecureClientOptions,
  SecureServerOptions,
  SecureStreamOptions,
} from "./stream-options.ts";
