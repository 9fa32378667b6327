import type { AcquireTrace, HttpTrace, LegTrace, MessageTrace, ShutdownTrace, Trace } from "./traces.ts";

/** Formats a trace as a line, which `NODE_DEBUG=sspi-ffi` prints on standard error. */
export function acquireLine(trace: AcquireTrace): string {
  const whose = trace.identity === "given" ? "the given identity" : "the process's user";
  return `acquire ${trace.use} ${trace.package} of ${whose}${endOf(trace)}`;
}

export function legLine(trace: LegTrace): string {
  const { side, context, leg, received, sent } = trace;
  return `context ${context}, ${side}'s leg ${leg} of ${trace.package}: ${received} bytes in, ${sent} out${endOf(trace)}`;
}

export function messageLine(trace: MessageTrace): string {
  return `context ${trace.context}, ${trace.operation} of ${trace.package}: ${trace.size} bytes${endOf(trace)}`;
}

export function shutdownLine(trace: ShutdownTrace): string {
  return `context ${trace.context}, shutdown of ${trace.package}: ${trace.sent} bytes out${endOf(trace)}`;
}

export function httpLine({ verdict, status, package: by, duration, sync }: HttpTrace): string {
  const answer = status === 0 ? "" : ` ${status}`;
  return `HTTP request: ${verdict}${answer}${by === undefined ? "" : ` by ${by}`}, ${took(duration, sync)}`;
}

function endOf({ provider, status, duration, sync }: Trace): string {
  const by = provider === undefined ? "" : ` by ${provider}`;
  return `${by}: ${status}, ${took(duration, sync)}`;
}

function took(duration: number, sync: boolean): string {
  return `${duration.toFixed(2)} ms${sync ? "" : " off the event loop"}`;
}
