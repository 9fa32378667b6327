export { acquireChannel, httpChannel, legChannel, messageChannel, shutdownChannel } from "./channels.ts";
export type { TracedContext } from "./context-numbers.ts";
export { timed, timedSync } from "./outcome.ts";
export { acquireEnding } from "./trace-acquire.ts";
export { tracedVerdict } from "./trace-http.ts";
export { legEnding } from "./trace-leg.ts";
export { TracedMessage } from "./trace-message.ts";
export { shutdownEnding } from "./trace-shutdown.ts";
export type { AcquireTrace, HttpTrace, LegTrace, MessageTrace, ShutdownTrace, Trace } from "./traces.ts";
