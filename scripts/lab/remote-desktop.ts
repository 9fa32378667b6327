import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runBeside } from "./command.ts";
import { componentFile } from "./components.ts";
import { type Display, startDisplay } from "./display.ts";
import type { Started, Surroundings } from "./on-demand-service.ts";
import { freePort, listens } from "./port.ts";
import { type Service, startService } from "./service.ts";

/** One of FreeRDP's servers; it requires Network Level Authentication, which is CredSSP. */
export interface RemoteDesktop {
  readonly port: number;
  /**
   * The server's certificate and key in PEM: self-signed, for `localhost` and 127.0.0.1, as on remote desktop hosts.
   */
  readonly certificate: string;
  readonly key: string;
}

/** One version of FreeRDP's server, once per kind of key. */
export interface RemoteDesktops {
  readonly rsa: RemoteDesktop;
  readonly ec: RemoteDesktop;
  /** A display for FreeRDP 2's client, which requires one even if it only logs on. */
  readonly display: Display;
}

const keys = {
  rsa: ["-newkey", "rsa:2048"],
  ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
} as const;

const programs = { 2: "freerdpShadow2", 3: "freerdpShadow3" } as const;

type Version = keyof typeof programs;

export const startFreerdp2 = (surroundings: Surroundings) => startRemoteDesktops(surroundings, 2);
export const startFreerdp3 = (surroundings: Surroundings) => startRemoteDesktops(surroundings, 3);

async function startRemoteDesktops(surroundings: Surroundings, version: Version): Promise<Started<RemoteDesktops>> {
  const folder = join(surroundings.lab.folder, `freerdp${version}`);
  const { service: screen, display } = await startDisplay(join(folder, "display"));
  const starting = (["rsa", "ec"] as const).map((kind) => startServer(surroundings, version, kind, display));
  const stop = async (): Promise<void> => {
    for (const started of await Promise.allSettled(starting))
      if (started.status === "fulfilled") await started.value.service.stop();
    await screen.stop();
  };
  try {
    const [rsa, ec] = (await Promise.all(starting)) as [StartedServer, StartedServer];
    return {
      service: { name: `freerdp${version}`, pid: rsa.service.pid, stop },
      offers: { rsa: rsa.desktop, ec: ec.desktop, display },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface StartedServer {
  readonly service: Service;
  readonly desktop: RemoteDesktop;
}

async function startServer(
  { lab }: Surroundings,
  version: Version,
  kind: keyof typeof keys,
  display: Display,
): Promise<StartedServer> {
  const home = join(lab.folder, `freerdp${version}`, kind);
  const own = join(home, "freerdp", "shadow");
  mkdirSync(own, { recursive: true });
  const [certificate, key] = [join(own, "shadow.crt"), join(own, "shadow.key")];
  await makeCertificate(kind, certificate, key);
  const samFile = join(home, "SAM");
  copyFileSync(lab.samFile, samFile);
  const port = await freePort();
  const service = await startService({
    name: `freerdp${version}`,
    command: [
      componentFile(programs[version]),
      ...[`/port:${port}`, "/bind-address:127.0.0.1", "/sec:nla", `/sam-file:${samFile}`, "+auth"],
    ],
    env: { ...process.env, ...lab.environment, ...display, HOME: home, XDG_CONFIG_HOME: home },
    log: join(home, "log"),
    ready: () => listens(port),
  });
  return { service, desktop: { port, certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") } };
}

async function makeCertificate(kind: keyof typeof keys, certificate: string, key: string): Promise<void> {
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-nodes", "-days", "30", "-keyout", key, "-out", certificate];
  await runBeside([componentFile("openssl"), "req", "-x509", ...keys[kind], ...names, ...files], { env: process.env });
}
