import { onTestFinished } from "vitest";
import type { SecurityProvider } from "../../src/index.ts";
import { type InnerFaults, innerHost } from "./inner-host.ts";

export type { InnerFaults } from "./inner-host.ts";

/** The provider of an {@link innerHost}, closed after the test. */
export function innerPackages(faults: InnerFaults = {}): SecurityProvider {
  const host = innerHost(faults);
  onTestFinished(() => host.close());
  return host.provider;
}
