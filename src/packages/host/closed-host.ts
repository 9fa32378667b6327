import { releaseFunctions } from "../../../generated/release-functions.ts";
import { providerFunctions, type SecurityProvider } from "../../native/index.ts";

/**
 * Functions that still work after the host is closed: they release what the host handed out, or end an impersonation.
 */
const stillCalled: readonly string[] = [...Object.keys(releaseFunctions), "RevertSecurityContext"];

/** Makes every other function of a provider throw, so that a closed host is not mistaken for one without packages. */
export function refuseCalls(provider: SecurityProvider, refuse: () => never): void {
  const replaced = provider as unknown as Record<string, () => unknown>;
  for (const name of providerFunctions) if (!stillCalled.includes(name)) replaced[name] = refuse;
}
