import { parseArgs } from "node:util";

export interface ProvisionOptions {
  /** Whether Debian's backports become a source of packages where they have what the release does not. */
  readonly backports: "asked for" | "allowed" | "no";
}

/** @throws TypeError for an option that there is not, and for one that npm has kept for itself. */
export function provisionOptions(args: readonly string[], env: NodeJS.ProcessEnv): ProvisionOptions {
  // `npm run provision --backports` gives npm the option; the script sees no more than this variable.
  if (env["npm_config_backports"]) throw new TypeError("npm took --backports: use npm run provision -- --backports");
  const { values } = parseArgs({ args: [...args], options: { backports: { type: "boolean" } } });
  if (values.backports) return { backports: "asked for" };
  return { backports: env["CI"] ? "allowed" : "no" };
}
