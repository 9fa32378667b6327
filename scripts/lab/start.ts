import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePrefix, stopPrefix } from "../windows/wine.ts";
import { realmName, samLine } from "./accounts.ts";
import { checkComponents, packageVersions } from "./components.ts";
import type { Lab } from "./description.ts";
import type { ServiceName } from "./health.ts";
import { type KerberosPorts, startKerberos } from "./kerberos.ts";
import { isOnDemand, type OnDemandName, OnDemandServices } from "./on-demand.ts";
import type { Surroundings } from "./on-demand-service.ts";
import { removeAbandoned, setOwner } from "./owner.ts";
import { freePort } from "./port.ts";
import type { Service } from "./service.ts";
import { startSilentKdc } from "./silent-kdc.ts";
import { startWebServer } from "./web-server.ts";
import { startWinbind } from "./winbind.ts";

export interface RunningLab {
  readonly lab: Lab;
  /** Further services, which start on demand. */
  readonly onDemand: OnDemandServices;
  /** Removes one service, for tests of the resulting messages. */
  without(name: ServiceName | OnDemandName): Promise<void>;
  /** Ends every process of the lab and removes its folder. Harmless when repeated. */
  stop(): Promise<void>;
}

const folderName = join(tmpdir(), "sspi-ffi-lab-");

/**
 * Starts every service of the lab, as children of this process, which end when it ends.
 *
 * @throws MissingComponentError; Error with a service's output if the service does not start.
 */
export async function startLab(): Promise<RunningLab> {
  checkComponents();
  removeAbandoned(folderName);
  const folder = mkdtempSync(folderName);
  setOwner(folder);
  // Apache's processes and winbindd's users enter the folder as users other than root.
  chmodSync(folder, 0o755);
  const services: Service[] = [];
  const silentKdc = await startSilentKdc();
  const winePrefix = join(folder, "prefix");
  let onDemand: OnDemandServices | undefined;
  const stop = async (): Promise<void> => {
    await onDemand?.stop();
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await silentKdc.stop();
    stopPrefix(winePrefix);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const without = async (name: ServiceName | OnDemandName): Promise<void> => {
    if (isOnDemand(name)) onDemand?.withhold(name);
    else if (name === "prefix") rmSync(winePrefix, { recursive: true, force: true });
    else await services.find((service) => service.name === name)?.stop();
  };
  try {
    const ports = { kdc: await freePort(), silent: silentKdc.port };
    const { lab, moreRealms } = await startServices(folder, ports, winePrefix, services);
    onDemand = new OnDemandServices({ lab, moreRealms });
    return { lab, onDemand, without, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServices(
  folder: string,
  ports: KerberosPorts,
  winePrefix: string,
  services: Service[],
): Promise<Surroundings> {
  const kept = async <T extends { readonly service: Service }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    services.push(started.service);
    return started;
  };
  makePrefix(winePrefix);
  const samFile = join(folder, "SAM");
  // Keep the file private: a hash is as good as a password.
  writeFileSync(samFile, `${samLine}\n`, { mode: 0o600 });
  const kerberos = await kept(startKerberos(folder, ports));
  const winbind = await kept(startWinbind(folder));
  const web = await kept(startWebServer(folder, await freePort(), kerberos));
  const lab = {
    folder,
    environment: {
      ...kerberos.environment,
      KRB5CCNAME: `FILE:${kerberos.tickets.alice}`,
      // Load no installed mechanisms: gss-ntlmssp is for Apache, and in a client of MIT's library it would offer NTLM in
      // place of Kerberos.
      GSS_MECH_CONFIG: "/dev/null",
      SSPI_SAM_FILE: samFile,
      PATH: `${winbind.programs}:${process.env["PATH"] ?? ""}`,
    },
    programs: winbind.programs,
    realm: realmName,
    keytab: kerberos.keytab,
    tickets: kerberos.tickets,
    samFile,
    winePrefix,
    web: { kerberosUrl: web.kerberosUrl, ntlmUrl: web.ntlmUrl },
    versions: packageVersions(),
    processes: Object.fromEntries(services.map(({ name, pid }) => [name, pid])),
  };
  return { lab, moreRealms: kerberos.moreRealms };
}
