import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "./description.ts";
import { isRunning } from "./owner.ts";

/** The services of a lab, with their names in messages. */
const services = {
  krb5kdc: "the KDC",
  winbindd: "winbindd",
  apache2: "the web server",
  prefix: "the Wine prefix",
} as const;

export type ServiceName = keyof typeof services;

/** Returns a message for each requested service that does not run; empty if all run. */
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
