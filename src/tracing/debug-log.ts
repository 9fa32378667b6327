import { debuglog } from "node:util";
import { acquireChannel, legChannel } from "./channels.ts";
import type { AcquireTrace, LegTrace, Trace } from "./traces.ts";

const log = debuglog("sspi-ffi");

/** With `NODE_DEBUG=sspi-ffi` each trace is a line on standard error. */
if (log.enabled) {
  acquireChannel.subscribe((trace) => log("%s", acquireLine(trace)));
  legChannel.subscribe((trace) => log("%s", legLine(trace)));
}

function acquireLine(trace: AcquireTrace): string {
  const whose = trace.identity === "given" ? "the given identity" : "the process's user";
  return `acquire ${trace.use} ${trace.package} of ${whose}${endLine(trace)}`;
}

function legLine(trace: LegTrace): string {
  const { side, context, leg, received, sent } = trace;
  return `context ${context}, ${side}'s leg ${leg} of ${trace.package}: ${received} bytes in, ${sent} out${endLine(trace)}`;
}

function endLine({ provider, status, duration, sync }: Trace): string {
  const by = provider === undefined ? "" : ` by ${provider}`;
  return `${by}: ${status}, ${duration.toFixed(2)} ms${sync ? "" : " off the event loop"}`;
}
