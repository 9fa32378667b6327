import type { FlagGroup } from "../../values/index.ts";

/** A context completed without a required flag. The context has been deleted. */
export class RequirementError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_REQUIREMENT_NOT_MET";
  /** Required flags that the context does not have. */
  readonly missing: readonly string[];
  /** Required flags that the provider does not report. */
  readonly unknown: readonly string[];

  constructor(missing: readonly string[], unknown: readonly string[]) {
    const parts = [
      missing.length > 0 ? `without ${missing.join(", ")}` : "",
      unknown.length > 0
        ? `and the provider does not report ${unknown.join(", ")} (accept that with acceptUnknown)`
        : "",
    ].filter((part) => part !== "");
    super(`The context completed ${parts.join(" ").replace(/^and/, "but")}; it has been deleted`);
    this.name = "RequirementError";
    this.missing = missing;
    this.unknown = unknown;
  }
}

/** `bits` is undefined if the provider does not report what it granted. */
export function checkRequirements(
  { required, acceptUnknown }: { readonly required: readonly string[]; readonly acceptUnknown: readonly string[] },
  granted: FlagGroup,
  bits: number | undefined,
): void {
  if (required.length === 0) return;
  // Flags beyond 32 bits are never reported.
  const reported = (name: string): boolean => bits !== undefined && Object.hasOwn(granted, name);
  const missing = required.filter((name) => reported(name) && ((bits as number) & (granted[name] as number)) === 0);
  const unknown = required.filter((name) => !reported(name) && !acceptUnknown.includes(name));
  if (missing.length + unknown.length > 0) throw new RequirementError(missing, unknown);
}
