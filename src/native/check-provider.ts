import { shapeOf } from "../values/index.ts";
import type { SecurityProvider } from "./security-provider.ts";

/** The provider that a caller names. @throws TypeError naming `argument` for what is none */
export function checkProvider(value: unknown, argument = "provider"): SecurityProvider {
  if (isProvider(value)) return value;
  throw new TypeError(
    `${argument}: expected a provider (systemProvider("…"), or \`provider\` of a PackageHost), got ${shapeOf(value)}`,
  );
}

function isProvider(value: unknown): value is SecurityProvider {
  if (typeof value !== "object" || value === null) return false;
  const { EnumerateSecurityPackagesW, traits } = value as Partial<SecurityProvider>;
  return typeof EnumerateSecurityPackagesW === "function" && typeof traits === "object" && traits !== null;
}
