export { CredentialStore } from "./credential-store.ts";
export { GssapiError } from "./gssapi-error.ts";
export { gssapiProvider } from "./gssapi-provider.ts";
export { GssapiNotFoundError } from "./library-choice.ts";
export { packageNamed } from "./package-list.ts";
export { acceptsToken } from "./token-mechanism.ts";
