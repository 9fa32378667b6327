import { inspect } from "node:util";
import { type ContextAttributes, contextAttributes } from "../../generated/attributes.ts";
import { ClientContext, type SecurityContext } from "../contexts/index.ts";
import { type Answer, answerOf, shownAnswer } from "./answer.ts";
import { capabilityTable } from "./capability-table.ts";
import { type Protection, protectionOf } from "./protection.ts";

/**
 * The result of querying each attribute; "not asked" for those whose value is a secret or whose query may use the
 * network.
 */
export type AttributeSupport = Readonly<Record<keyof ContextAttributes, Answer | "not asked">>;

/** Attributes that are not queried to find out whether they are supported. */
const unasked: readonly (keyof ContextAttributes)[] = [
  // Session keys and key material.
  "sessionKey",
  "negoKeys",
  "eapKeyBlock",
  "keyingMaterial",
  "keyingMaterialTokenBinding",
  // A password that a client delegated, and handles that the caller would have to close.
  "clientCredentials",
  "clientAccessToken",
  "clientFullAccessToken",
  "accessToken",
  // Their query builds a certificate chain, which may fetch certificates and revocation lists.
  "certCheckResult",
  "certCheckResultInproc",
];

/** What a complete context can do. */
export interface ContextCapabilities {
  /** The package's name. */
  readonly package: string;
  /** Whether the provider reports the granted flags; otherwise they are unknown. */
  readonly flags: "reported" | "unknown";
  /** Which attributes the context supports, and which it refuses. */
  readonly attributes: AttributeSupport;
  /** Whether messages can be encrypted. */
  readonly encrypt: Protection;
  /** Whether messages can be signed. */
  readonly sign: Protection;
  /** Whether a server context returns the client's access token; undefined for a client context. */
  readonly accessToken: Answer | undefined;
  /** Whether a server context can impersonate the client; undefined for a client context. */
  readonly impersonation: Answer | undefined;
}

export function contextCapabilities(context: SecurityContext<string>): ContextCapabilities {
  const flags = context.flags === "unknown" ? "unknown" : "reported";
  const names = Object.keys(contextAttributes) as (keyof ContextAttributes)[];
  const answers = names.map((name) => [
    name,
    unasked.includes(name) ? "not asked" : answerOf(() => context.query(name)),
  ]);
  const forServer = (work: () => void): Answer | undefined =>
    context instanceof ClientContext ? undefined : answerOf(work);
  const found: ContextCapabilities = {
    package: context.package,
    flags,
    attributes: Object.fromEntries(answers) as AttributeSupport,
    encrypt: protectionOf(context, "encrypt"),
    sign: protectionOf(context, "sign"),
    accessToken: forServer(() => context.accessToken().close()),
    impersonation: forServer(() => context.impersonate(() => undefined)),
  };
  return Object.defineProperty(found, inspect.custom, { value: () => printed(found), enumerable: false });
}

function printed(found: ContextCapabilities): string {
  const { package: name, flags, attributes, encrypt, sign, accessToken, impersonation } = found;
  const refusals = new Map<string, string[]>();
  for (const [attribute, answer] of Object.entries(attributes)) {
    const heading = answer === true ? "answers" : answer;
    refusals.set(heading, [...(refusals.get(heading) ?? []), attribute]);
  }
  const answered = refusals.get("answers") ?? [];
  const notAsked = refusals.get("not asked") ?? [];
  for (const heading of ["answers", "not asked"]) refusals.delete(heading);
  return capabilityTable([
    ["package", name],
    ["flags", flags],
    ["encrypt", encrypt],
    ["sign", sign],
    ["access token", shown(accessToken)],
    ["impersonation", shown(impersonation)],
    ["answers", answered.join(" ")],
    ...[...refusals].map(([code, names]) => [code, names.join(" ")] as const),
    ["not asked", notAsked.join(" ")],
  ]);
}

function shown(answer: Answer | undefined): string {
  return answer === undefined ? "not a client's" : shownAnswer(answer);
}
