import { releaseFunctions } from "../../generated/release-functions.ts";
import type { ReleaseFunction } from "../../src/memory/index.ts";
import type { SecurityProvider } from "../../src/native/index.ts";

export type Released = readonly [by: ReleaseFunction, argument: number | bigint];

/** A provider that has only release functions, and records what it was given back. */
export function releasingProvider(answer: (by: ReleaseFunction) => number = success): {
  readonly provider: SecurityProvider;
  readonly released: readonly Released[];
} {
  const released: Released[] = [];
  const functions = (Object.keys(releaseFunctions) as ReleaseFunction[]).map((by) => [
    by,
    (argument: number | bigint) => {
      released.push([by, argument]);
      return answer(by);
    },
  ]);
  return { provider: Object.fromEntries(functions) as SecurityProvider, released };
}

export function success(by: ReleaseFunction): number {
  return releaseFunctions[by].success === "zero" ? 0 : 1;
}
