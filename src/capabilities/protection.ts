import type { ContextAttributes } from "../../generated/attributes.ts";
import type { SecurityContext } from "../contexts/index.ts";
import { SspiError } from "../status/index.ts";

/**
 * Whether messages can be protected, determined without protecting one, which would use up a sequence number. `absent`:
 * the provider lacks the function, or the package announces no room for the protection. Otherwise the context's flags
 * decide: `granted` or `not-granted`, or `unknown` where flags are not reported.
 */
export type Protection = "granted" | "not-granted" | "unknown" | "absent";

const kinds = {
  encrypt: { native: "EncryptMessage", flag: "confidentiality" },
  sign: { native: "MakeSignature", flag: "integrity" },
} as const;

export function protectionOf(context: SecurityContext<string>, kind: keyof typeof kinds): Protection {
  const { native, flag } = kinds[kind];
  if (!context.provider.has(native) || !hasRoom(context, kind)) return "absent";
  const { flags } = context;
  if (flags === "unknown") return "unknown";
  return flags.includes(flag) ? "granted" : "not-granted";
}

/**
 * Whether the package announces room for this protection. Packages that protect streams announce record sizes instead,
 * and cannot sign.
 */
function hasRoom(context: SecurityContext<string>, kind: keyof typeof kinds): boolean {
  const sizes = asked(context, "sizes");
  if (kind === "sign") return (sizes?.cbMaxSignature ?? 0) > 0;
  return (sizes?.cbSecurityTrailer ?? asked(context, "streamSizes")?.cbHeader ?? 0) > 0;
}

function asked<A extends keyof ContextAttributes>(
  context: SecurityContext<string>,
  attribute: A,
): ContextAttributes[A] | undefined {
  try {
    return context.query(attribute);
  } catch (error) {
    if (error instanceof SspiError) return undefined;
    throw error;
  }
}
