import { channel } from "node:diagnostics_channel";
import type { AcquireTrace, LegTrace, TraceChannel } from "./traces.ts";

/**
 * Whoever subscribes to these by their names is told of everything that is over, in any copy of this library. Ask
 * `hasSubscribers` before anything is made for it.
 */
export const acquireChannel = channel("sspi-ffi:acquire") as TraceChannel<AcquireTrace>;
export const legChannel = channel("sspi-ffi:leg") as TraceChannel<LegTrace>;
