import { afterAll, inject } from "vitest";

const namespace = inject("globalNamespace" as never) as string;

// Stryker's plugin for Vitest reports also with "off" which tests reach a mutant, and only those would be run. It takes
// its report in a hook that runs after this one.
afterAll(() => {
  const stryker = (globalThis as Record<string, unknown>)[namespace] as { mutantCoverage?: unknown };
  stryker.mutantCoverage = undefined;
});
