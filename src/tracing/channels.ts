import { channel } from "node:diagnostics_channel";
import { debuglog } from "node:util";
import { acquireLine, legLine } from "./trace-lines.ts";
import type { AcquireTrace, LegTrace, TraceChannel } from "./traces.ts";

/**
 * Whoever subscribes to these by their names is told of everything that is over, in any copy of this library. Ask
 * `hasSubscribers` before anything is made for it.
 */
export const acquireChannel = channel("sspi-ffi:acquire") as TraceChannel<AcquireTrace>;
export const legChannel = channel("sspi-ffi:leg") as TraceChannel<LegTrace>;

// Here, and not in a file of its own: a bundler leaves out what nobody takes anything from.
const log = debuglog("sspi-ffi");
if (log.enabled) {
  acquireChannel.subscribe((trace) => log("%s", acquireLine(trace)));
  legChannel.subscribe((trace) => log("%s", legLine(trace)));
}
