import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "./description.ts";
import { isRunning } from "./owner.ts";

/** What a lab offers, and what people call it. */
const services = {
  krb5kdc: "the KDC",
  winbindd: "winbindd",
  apache2: "the web server",
  prefix: "the Wine prefix",
} as const;

export type ServiceName = keyof typeof services;

/** What does not run of what is asked for, in words that name it; nothing where all of it runs. */
export function complaints(lab: Lab, names: readonly ServiceName[]): readonly string[] {
  return names.flatMap((name) => {
    if (name === "prefix")
      return existsSync(join(lab.winePrefix, "system.reg"))
        ? []
        : [`${services.prefix} of the lab is gone (${lab.winePrefix})`];
    const pid = lab.processes[name];
    if (pid !== undefined && isRunning(pid)) return [];
    return [
      `${services[name]} of the lab does not run (${name}, ${pid === undefined ? "never started" : `process ${pid}`})`,
    ];
  });
}
