import { channel } from "node:diagnostics_channel";
import { debuglog } from "node:util";
import { acquireLine, httpLine, legLine, messageLine, shutdownLine } from "./trace-lines.ts";
import type { AcquireTrace, HttpTrace, LegTrace, MessageTrace, ShutdownTrace, TraceChannel } from "./traces.ts";

/**
 * Diagnostics channels for completed operations; a subscriber by name receives those of every copy of this library.
 * Check `hasSubscribers` before making a trace.
 */
export const acquireChannel = channel("sspi-ffi:acquire") as TraceChannel<AcquireTrace>;
export const legChannel = channel("sspi-ffi:leg") as TraceChannel<LegTrace>;
export const messageChannel = channel("sspi-ffi:message") as TraceChannel<MessageTrace>;
export const shutdownChannel = channel("sspi-ffi:shutdown") as TraceChannel<ShutdownTrace>;
export const httpChannel = channel("sspi-ffi:http") as TraceChannel<HttpTrace>;

// This stays in this file, because a bundler drops a file from which nothing is imported.
const log = debuglog("sspi-ffi");
if (log.enabled) {
  acquireChannel.subscribe((trace) => log("%s", acquireLine(trace)));
  legChannel.subscribe((trace) => log("%s", legLine(trace)));
  messageChannel.subscribe((trace) => log("%s", messageLine(trace)));
  shutdownChannel.subscribe((trace) => log("%s", shutdownLine(trace)));
  httpChannel.subscribe((trace) => log("%s", httpLine(trace)));
}
