export { acquireChannel, legChannel } from "./channels.ts";
export { timed, timedSync } from "./outcome.ts";
export { acquireEnding } from "./trace-acquire.ts";
export { legEnding } from "./trace-leg.ts";
export type { AcquireTrace, LegTrace, Trace } from "./traces.ts";
