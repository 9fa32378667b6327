import { owners } from "../../generated/owners.ts";
import type { ReleaseFunction } from "../../src/memory/index.ts";
import type { SecurityProvider } from "../../src/native/index.ts";

export type Released = readonly [by: ReleaseFunction, argument: number | bigint];

/** A provider with nothing but release functions, which remembers what it was given back. */
export function releasingProvider(answer: (by: ReleaseFunction) => number = success): {
  readonly provider: SecurityProvider;
  readonly released: readonly Released[];
} {
  const released: Released[] = [];
  const functions = (Object.keys(owners) as ReleaseFunction[]).map((by) => [
    by,
    (argument: number | bigint) => {
      released.push([by, argument]);
      return answer(by);
    },
  ]);
  return { provider: Object.fromEntries(functions) as SecurityProvider, released };
}

export function success(by: ReleaseFunction): number {
  return owners[by].success === "zero" ? 0 : 1;
}
