import { httpChannel } from "./channels.ts";
import type { HttpTrace } from "./traces.ts";

/** What is read of a verdict. */
interface Traced {
  readonly kind: HttpTrace["verdict"];
  readonly status?: number;
  readonly user?: { readonly package: string };
}

/** What a request comes to, after it was told; whoever calls this has seen that somebody listens. */
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
