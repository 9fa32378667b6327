import type { AcquireTrace, LegTrace, Trace } from "./traces.ts";

/** A trace as a line, which `NODE_DEBUG=sspi-ffi` has on standard error. */
export function acquireLine(trace: AcquireTrace): string {
  const whose = trace.identity === "given" ? "the given identity" : "the process's user";
  return `acquire ${trace.use} ${trace.package} of ${whose}${endOf(trace)}`;
}

export function legLine(trace: LegTrace): string {
  const { side, context, leg, received, sent } = trace;
  return `context ${context}, ${side}'s leg ${leg} of ${trace.package}: ${received} bytes in, ${sent} out${endOf(trace)}`;
}

function endOf({ provider, status, duration, sync }: Trace): string {
  const by = provider === undefined ? "" : ` by ${provider}`;
  return `${by}: ${status}, ${duration.toFixed(2)} ms${sync ? "" : " off the event loop"}`;
}
