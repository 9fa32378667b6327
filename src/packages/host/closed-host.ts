import { releaseFunctions } from "../../../generated/release-functions.ts";
import { providerFunctions, type SecurityProvider } from "../../native/index.ts";

/** What works without a host: it gives back what the host handed out, or ends an impersonation. */
const stillCalled: readonly string[] = [...Object.keys(releaseFunctions), "RevertSecurityContext"];

/** Makes every other function of a provider throw, so that a closed host is not mistaken for one without packages. */
export function refuseCalls(provider: SecurityProvider, refuse: () => never): void {
  const replaced = provider as unknown as Record<string, () => unknown>;
  for (const name of providerFunctions) if (!stillCalled.includes(name)) replaced[name] = refuse;
  replaced["callAsync"] = async () => refuse();
}
