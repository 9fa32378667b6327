export type { AccessToken } from "./access-token.ts";
export type { BindingAddress, ChannelBindings } from "./channel-bindings.ts";
export { ClientContext, type ClientContextOptions } from "./client-context.ts";
export { ContextStateError } from "./context-handles.ts";
export type { Leg } from "./leg.ts";
export type { ContextOptions } from "./plan.ts";
export { RequirementError } from "./requirements.ts";
export { SecurityContext } from "./security-context.ts";
export { ServerContext, type ServerContextOptions } from "./server-context.ts";
