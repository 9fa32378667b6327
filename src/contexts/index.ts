export { type Cancellation, CancelledError, type CancelOptions } from "../values/index.ts";
export { AccessToken, openTokenIn } from "./access-token.ts";
export { AccessTokenError } from "./access-token-error.ts";
export {
  ClientContext,
  type ClientContextOptions,
  type ClientRequestFlag,
  type ClientRequirement,
  clientOptionNames,
} from "./client-context.ts";
export { ContextStateError } from "./context-state-error.ts";
export type { ControlToken } from "./control-token.ts";
export { type ExportedContext, type ExportOptions, KernelExportError } from "./export-context.ts";
export { ImportedContext, type ImportOptions, importContext } from "./import-context.ts";
export type { BindingAddress, ChannelBindings } from "./legs/channel-bindings.ts";
export { type Leg, repeatsMessage } from "./legs/leg.ts";
export type { LegBuffer, LegBufferContents } from "./legs/leg-buffers.ts";
export type { LegOutput, LegOutputRequest } from "./legs/leg-output.ts";
export { type NtlmField, type NtlmMessage, readNtlm } from "./legs/ntlm-message.ts";
export { flawOfToken } from "./legs/peer-token.ts";
export { type ContextOptions, contextOptionHints, contextOptionNames } from "./legs/plan.ts";
export { RequirementError } from "./legs/requirements.ts";
export { serverEndPoint } from "./legs/server-end-point.ts";
export type { LegOptions, StepOptions } from "./legs/step-options.ts";
export { type Group, type Peer, PeerGroupsError, PeerNameError, type PeerOptions } from "./peer.ts";
export { SecurityContext } from "./security-context.ts";
export {
  ServerContext,
  type ServerContextOptions,
  type ServerRequestFlag,
  type ServerRequirement,
} from "./server-context.ts";
export { SteppedContext } from "./stepped-context.ts";
export type { AccessTokenUser } from "./token-accounts.ts";
