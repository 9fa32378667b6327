import { httpChannel } from "./channels.ts";
import type { HttpTrace } from "./traces.ts";

/** The properties of a verdict that a trace reads. */
interface Traced {
  readonly kind: HttpTrace["verdict"];
  readonly status?: number;
  readonly user?: { readonly package: string };
}

/**
 * Runs the check of a request, and returns its verdict after publishing it; call this only if the channel has
 * subscribers.
 */
export function tracedVerdict<T extends Traced>(check: () => T | Promise<T>): T | Promise<T> {
  const start = performance.now();
  const told = (verdict: T, sync: boolean): T => {
    const { kind, status = 0, user } = verdict;
    const by = user && { package: user.package };
    httpChannel.publish({ verdict: kind, status, ...by, duration: performance.now() - start, sync });
    return verdict;
  };
  const verdict = check();
  return verdict instanceof Promise ? verdict.then((later) => told(later, false)) : told(verdict, true);
}
