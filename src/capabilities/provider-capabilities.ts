import { inspect } from "node:util";
import type { ProviderFunction } from "../../generated/provider.ts";
import { packages, type SecurityPackage } from "../credentials/index.ts";
import { type ProviderKind, providerFunctions, type SecurityProvider } from "../native/index.ts";
import { type Answer, shownAnswer } from "./answer.ts";
import { capabilityTable, columns } from "./capability-table.ts";
import { type CredentialRole, credentialAnswer } from "./credential-answers.ts";

/**
 * Whether impersonating changes anything: `absent` where there is no such function, `pretended` where it answers
 * success and does nothing, else `offered`: a complete server context tells whether its package takes part.
 */
export type Impersonation = "offered" | "pretended" | "absent";

/** What a provider says of a package, and whether the current user has credentials for it. */
export interface PackageCapabilities extends SecurityPackage {
  /** Credentials for a client. */
  readonly outbound: Answer;
  /** Credentials for a server. */
  readonly inbound: Answer;
}

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
  /** The packages that it lists. */
  readonly packages: readonly PackageCapabilities[];
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
    packages: packages(provider).map((entry) => withCredentials(provider, entry)),
  };
  return Object.defineProperty(found, inspect.custom, { value: () => printed(found), enumerable: false });
}

function withCredentials(provider: SecurityProvider, entry: SecurityPackage): PackageCapabilities {
  const answer = (role: CredentialRole): Answer => credentialAnswer(provider, entry.name, role);
  return { ...entry, outbound: answer("outbound"), inbound: answer("inbound") };
}

function impersonationOf(provider: SecurityProvider): Impersonation {
  if (!provider.has("ImpersonateSecurityContext")) return "absent";
  return provider.impersonates ? "offered" : "pretended";
}

function printed({ label, kind, version, functions, impersonation, packages: list }: ProviderCapabilities): string {
  const rows = list.map(({ name, outbound, inbound }) => [name, shownAnswer(outbound), shownAnswer(inbound)] as const);
  const provider = capabilityTable([
    ["provider", `${label} (${kind})`],
    ["version", version ?? "unknown"],
    ["impersonation", impersonation],
    ["has", functions.present.join(" ")],
    ["has not", functions.absent.join(" ")],
  ]);
  return `${provider}\n\n${columns([["package", "client credentials", "server credentials"], ...rows])}`;
}
