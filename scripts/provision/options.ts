import { parseArgs } from "node:util";

export interface ProvisionOptions {
  /** Whether Debian's backports become an apt source if they have packages that the release lacks. */
  readonly backports: "asked for" | "allowed" | "no";
}

/** @throws TypeError for an unknown option, and for one that npm has kept for itself. */
export function provisionOptions(args: readonly string[], env: NodeJS.ProcessEnv): ProvisionOptions {
  // `npm run provision --backports` passes the option to npm; the script sees only this variable.
  if (env["npm_config_backports"]) throw new TypeError("npm took --backports: use npm run provision -- --backports");
  const { values } = parseArgs({ args: [...args], options: { backports: { type: "boolean" } } });
  if (values.backports) return { backports: "asked for" };
  return { backports: env["CI"] ? "allowed" : "no" };
}
