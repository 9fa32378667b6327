export { type Cancellation, CancelledError, type CancelOptions } from "../values/index.ts";
export { AccessToken, openTokenIn } from "./access-token.ts";
export { AccessTokenError } from "./access-token-error.ts";
export type { BindingAddress, ChannelBindings } from "./channel-bindings.ts";
export {
  ClientContext,
  type ClientContextOptions,
  type ClientRequestFlag,
  type ClientRequirement,
  clientOptionNames,
} from "./client-context.ts";
export { ContextStateError } from "./context-handles.ts";
export type { ControlToken } from "./control-token.ts";
export { type ExportedContext, type ExportOptions, KernelExportError } from "./export-context.ts";
export { ImportedContext, type ImportOptions, importContext } from "./import-context.ts";
export { type Leg, repeatsMessage } from "./leg.ts";
export type { LegBuffer, LegBufferContents } from "./leg-buffers.ts";
export type { LegOutput, LegOutputRequest } from "./leg-output.ts";
export { type NtlmField, type NtlmMessage, readNtlm } from "./ntlm-message.ts";
export { type Group, type Peer, PeerGroupsError, PeerNameError, type PeerOptions } from "./peer.ts";
export { flawOfToken } from "./peer-token.ts";
export { type ContextOptions, contextOptionHints, contextOptionNames } from "./plan.ts";
export { RequirementError } from "./requirements.ts";
export { SecurityContext } from "./security-context.ts";
export {
  ServerContext,
  type ServerContextOptions,
  type ServerRequestFlag,
  type ServerRequirement,
} from "./server-context.ts";
export { serverEndPoint } from "./server-end-point.ts";
export type { LegOptions, StepOptions } from "./step-options.ts";
export { SteppedContext } from "./stepped-context.ts";
export type { AccessTokenUser } from "./token-accounts.ts";
