import { inspect } from "node:util";
import type { ProviderFunction } from "../../generated/provider.ts";
import { packages, type SecurityPackage } from "../credentials/index.ts";
import { type ProviderKind, type ProviderTraits, providerFunctions, type SecurityProvider } from "../native/index.ts";
import { columns } from "../values/index.ts";
import { type Answer, shownAnswer } from "./answer.ts";
import { capabilityTable } from "./capability-table.ts";
import { type CredentialRole, credentialAnswer } from "./credential-answers.ts";

/**
 * Whether impersonation works: `absent` where the function is missing, `pretended` where it returns success and does
 * nothing, otherwise `offered`: only a complete server context shows whether its package supports it.
 */
export type ImpersonationSupport = "offered" | "pretended" | "absent";

/** A provider's description of a package, and whether the current user has credentials for it. */
export interface PackageCapabilities extends SecurityPackage {
  /** Whether the current user has credentials for a client. */
  readonly outbound: Answer;
  /** Whether the current user has credentials for a server. */
  readonly inbound: Answer;
}

/** The capabilities of a provider. */
export interface ProviderCapabilities {
  /** The kind of implementation. */
  readonly kind: ProviderKind;
  /** The loaded library. */
  readonly label: string;
  /** Its own version, if it reports one. */
  readonly version: string | undefined;
  /** The functions of the headers that it has, and those that return `SEC_E_UNSUPPORTED_FUNCTION` instead. */
  readonly functions: { readonly present: readonly ProviderFunction[]; readonly absent: readonly ProviderFunction[] };
  /** Whether `ImpersonateSecurityContext` really changes the thread's user. */
  readonly impersonation: ImpersonationSupport;
  /** How it differs from the headers, as far as that is known. */
  readonly traits: ProviderTraits;
  /** The packages that it lists. */
  readonly packages: readonly PackageCapabilities[];
  /** In a report about this machine: its other providers, used for packages that this provider does not have. */
  readonly others?: readonly ProviderCapabilities[];
}

/** The capabilities of a machine's first provider, with those of the others in `others`. */
export function machineCapabilities([first, ...others]: readonly SecurityProvider[]): ProviderCapabilities {
  const found = providerCapabilities(first as SecurityProvider);
  if (others.length === 0) return found;
  const more = { ...found, others: others.map(providerCapabilities) };
  const text = (): string => [found, ...more.others].map((one) => inspect(one)).join("\n\n");
  return Object.defineProperty(more, inspect.custom, { value: text, enumerable: false });
}

export function providerCapabilities(provider: SecurityProvider): ProviderCapabilities {
  const present = providerFunctions.filter((name) => provider.has(name));
  const absent = providerFunctions.filter((name) => !present.includes(name));
  const { kind, label, version, traits } = provider;
  const found = {
    kind,
    label,
    version,
    functions: { present, absent },
    impersonation: impersonationOf(provider),
    traits,
    packages: packages(provider).map((entry) => withCredentials(provider, entry)),
  };
  return Object.defineProperty(found, inspect.custom, { value: () => printed(found), enumerable: false });
}

function withCredentials(provider: SecurityProvider, entry: SecurityPackage): PackageCapabilities {
  const answer = (role: CredentialRole): Answer => credentialAnswer(provider, entry.name, role);
  return { ...entry, outbound: answer("outbound"), inbound: answer("inbound") };
}

function impersonationOf(provider: SecurityProvider): ImpersonationSupport {
  if (!provider.has("ImpersonateSecurityContext")) return "absent";
  return provider.traits.impersonates ? "offered" : "pretended";
}

function printed(found: ProviderCapabilities): string {
  const { label, kind, version, functions, impersonation, traits, packages: list } = found;
  const rows = list.map(({ name, outbound, inbound }) => [name, shownAnswer(outbound), shownAnswer(inbound)] as const);
  const provider = capabilityTable([
    ["provider", `${label} (${kind})`],
    ["version", version ?? "unknown"],
    ["impersonation", impersonation],
    ["has", functions.present.join(" ")],
    ["has not", functions.absent.join(" ")],
    ["traits", Object.entries(traits).map(shownTrait).join(" ")],
  ]);
  return `${provider}\n\n${columns([["package", "client credentials", "server credentials"], ...rows])}`;
}

/** Formats a trait as one word, such as `boundsTokens:no` or `sendsBindings:NTLM,Kerberos`. */
function shownTrait([name, value]: readonly [string, boolean | string | readonly string[]]): string {
  if (typeof value === "boolean") return `${name}:${value ? "yes" : "no"}`;
  if (typeof value === "string") return `${name}:${value}`;
  return `${name}:${value.join(",") || "none"}`;
}
