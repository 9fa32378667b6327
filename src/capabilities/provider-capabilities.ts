import { inspect } from "node:util";
import type { ProviderFunction } from "../../generated/provider.ts";
import { packages, type SecurityPackages } from "../credentials/index.ts";
import { type ProviderKind, providerFunctions, type SecurityProvider } from "../native/index.ts";
import { capabilityTable } from "./capability-table.ts";

/**
 * Whether impersonating changes anything: `absent` where there is no such function, `pretended` where it answers
 * success and does nothing, else `offered`: a complete server context tells whether its package takes part.
 */
export type Impersonation = "offered" | "pretended" | "absent";

/** What a provider has. */
export interface ProviderCapabilities {
  readonly kind: ProviderKind;
  /** What was loaded. */
  readonly label: string;
  /** Its own version, where it tells one. */
  readonly version: string | undefined;
  /** The functions of the headers that it has, and those that answer `SEC_E_UNSUPPORTED_FUNCTION` instead. */
  readonly functions: { readonly present: readonly ProviderFunction[]; readonly absent: readonly ProviderFunction[] };
  readonly impersonation: Impersonation;
  /** The packages that it lists, with what it says of each. */
  readonly packages: SecurityPackages;
}

export function providerCapabilities(provider: SecurityProvider): ProviderCapabilities {
  const present = providerFunctions.filter((name) => provider.has(name));
  const absent = providerFunctions.filter((name) => !present.includes(name));
  const { kind, label, version } = provider;
  const found = {
    kind,
    label,
    version,
    functions: { present, absent },
    impersonation: impersonationOf(provider),
    packages: packages(provider),
  };
  return Object.defineProperty(found, inspect.custom, { value: () => printed(found), enumerable: false });
}

function impersonationOf(provider: SecurityProvider): Impersonation {
  if (!provider.has("ImpersonateSecurityContext")) return "absent";
  return provider.impersonates ? "offered" : "pretended";
}

function printed({ label, kind, version, functions, impersonation, packages: list }: ProviderCapabilities): string {
  return capabilityTable([
    ["provider", `${label} (${kind})`],
    ["version", version ?? "unknown"],
    ["impersonation", impersonation],
    ["packages", list.map(({ name }) => name).join(" ")],
    ["has", functions.present.join(" ")],
    ["has not", functions.absent.join(" ")],
  ]);
}
