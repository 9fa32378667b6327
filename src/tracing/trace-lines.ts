import { printable } from "../values/index.ts";
import type { AcquireTrace, HttpTrace, LegTrace, MessageTrace, ShutdownTrace, Trace } from "./traces.ts";

/** Formats a trace as a line, which `NODE_DEBUG=sspi-ffi` prints on standard error. */
export function acquireLine(trace: AcquireTrace): string {
  const whose = trace.identity === "given" ? "the given identity" : "the process's user";
  return `acquire ${trace.use} ${shown(trace.package)} of ${whose}${endOf(trace)}`;
}

export function legLine(trace: LegTrace): string {
  const { side, context, leg, received, sent } = trace;
  return `context ${context}, ${side}'s leg ${leg} of ${shown(trace.package)}: ${received} bytes in, ${sent} out${endOf(trace)}`;
}

export function messageLine(trace: MessageTrace): string {
  return `context ${trace.context}, ${trace.operation} of ${shown(trace.package)}: ${trace.size} bytes${endOf(trace)}`;
}

export function shutdownLine(trace: ShutdownTrace): string {
  return `context ${trace.context}, shutdown of ${shown(trace.package)}: ${trace.sent} bytes out${endOf(trace)}`;
}

export function httpLine({ verdict, status, package: by, duration, sync }: HttpTrace): string {
  const answer = status === 0 ? "" : ` ${status}`;
  return `HTTP request: ${verdict}${answer}${by === undefined ? "" : ` by ${shown(by)}`}, ${took(duration, sync)}`;
}

function endOf({ provider, status, duration, sync }: Trace): string {
  const by = provider === undefined ? "" : ` by ${shown(provider)}`;
  return `${by}: ${shown(status)}, ${took(duration, sync)}`;
}

/** The most characters of a name that a line shows. */
const longest = 100;

function shown(name: string): string {
  return printable(name.length > longest ? `${name.slice(0, longest)}…` : name);
}

function took(duration: number, sync: boolean): string {
  return `${duration.toFixed(2)} ms${sync ? "" : " off the event loop"}`;
}
