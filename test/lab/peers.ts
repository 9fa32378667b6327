import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { serverName, users } from "../../scripts/lab/accounts.ts";
import { componentFile } from "../../scripts/lab/components.ts";
import type { Lab } from "../../scripts/lab/description.ts";
import { complaints, type ServiceName } from "../../scripts/lab/health.ts";
import type { OnDemandName } from "../../scripts/lab/on-demand.ts";
import type { RunningLab } from "../../scripts/lab/start.ts";

/** Third-party programs that tests talk to, by name. */
const programs = {
  curl: () => [componentFile("curl"), "--silent", "--show-error", "--max-time", "20"],
  // Its profile is inside the lab: Chromium's files disappear with the lab.
  chromium: ({ folder }: Lab) => [
    componentFile("chromium"),
    ...["--no-sandbox", "--disable-gpu", `--user-data-dir=${join(folder, "chromium")}`, "--timeout=20000"],
  ],
  openssl: () => [componentFile("openssl")],
  gssapi: () => [componentFile("python3"), "test/interop/gssapi-peer.py"],
  "bound-server": () => [componentFile("python3"), "test/interop/bound-server.py"],
  // This library over GSSAPI, with the same commands: for libraries that cannot share a process with it, as on Wine.
  provider: () => [process.execPath, "--import", "tsx", "test/interop/gssapi-provider-peer.ts"],
  // With the mechanisms of the system, including gss-ntlmssp, which has its passwords in a file.
  ntlmssp: (lab: Lab) => [
    ...["/usr/bin/env", "-u", "GSS_MECH_CONFIG", `NTLM_USER_FILE=${ntlmUsers(lab)}`],
    ...[componentFile("python3"), "test/interop/gssapi-peer.py"],
  ],
  xfreerdp2: (lab: Lab) => withHome(lab, "freerdp2"),
  xfreerdp3: (lab: Lab) => withHome(lab, "freerdp3"),
  rdesktop: (lab: Lab) => withHome(lab, "rdesktop"),
  impacket: () => [componentFile("python3"), "test/interop/impacket-rdp.py", componentFile("impacketRdp")],
} as const;

/** Programs whose last line of output in these tests is their exit code. */
const tellsItsEnd: ReadonlySet<string> = new Set(["xfreerdp2", "xfreerdp3", "rdesktop", "impacket"]);

/** A program that reads its home folder and a display; its command line comes next, after variables: `NAME=value`. */
function withHome({ folder }: Lab, name: string): readonly string[] {
  const home = join(folder, `${name}-client`);
  mkdirSync(home, { recursive: true });
  return ["/usr/bin/env", `HOME=${home}`, `XDG_CONFIG_HOME=${home}`];
}

/** alice and bob, in the domain in which winbindd knows them. */
function ntlmUsers({ folder }: Lab): string {
  const file = join(folder, "ntlmssp-users");
  const lines = Object.entries(users).map(([user, password]) => `${serverName}:${user}:${password}\n`);
  if (!existsSync(file)) writeFileSync(file, lines.join(""));
  return file;
}

/** A peer that is requested with a cache's name has the tickets of that cache, else alice's. */
function ticketsOf({ tickets }: Lab, name: keyof typeof programs, [given]: readonly string[]): string {
  return (["gssapi", "provider"].includes(name) && given) || tickets.alice;
}

/**
 * `lab` is the lab itself, which reports the services that do not run; `service` starts one service, and reports on it.
 */
export type PeerName = keyof typeof programs | "lab" | "service";

export interface Peers {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts peers for tests that cannot start programs of Linux themselves, as on Wine. A client that connects sends one
 * line of JSON, `[name, ...arguments]`; afterwards the connection is the program's input and output.
 */
export async function startPeers({ lab, onDemand }: RunningLab): Promise<Peers> {
  const running = new Set<ChildProcess>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    socket.once("data", (sent: Buffer) => {
      const end = sent.indexOf("\n");
      socket.pause();
      socket.unshift(sent.subarray(end + 1));
      const [name, ...args] = JSON.parse(sent.subarray(0, end).toString()) as [PeerName, ...string[]];
      if (name === "lab") {
        socket.end(complaints(lab, args as ServiceName[]).join("\n"));
        return;
      }
      if (name === "service") {
        void onDemand.demand(args[0] as OnDemandName).then((demanded) => socket.end(JSON.stringify(demanded)));
        return;
      }
      const child = startPeer(lab, name, args, socket);
      running.add(child);
      child.once("close", () => running.delete(child));
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const stop = async (): Promise<void> => {
    server.close();
    for (const child of running) child.kill("SIGKILL");
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

function startPeer(lab: Lab, name: keyof typeof programs, args: readonly string[], socket: Socket): ChildProcess {
  const [program, ...first] = programs[name](lab) as [string, ...string[]];
  // Peers get tickets too, and write them to the cache that they are given.
  const tickets = join(mkdtempSync(join(lab.folder, "peer-")), "ccache");
  copyFileSync(ticketsOf(lab, name, args), tickets);
  const env = { ...process.env, ...lab.environment, KRB5CCNAME: `FILE:${tickets}`, no_proxy: "localhost" };
  const child = spawn("setpriv", ["--pdeathsig", "KILL", program, ...first, ...args], { env });
  socket.pipe(child.stdin);
  child.stdin.on("error", () => {});
  socket.on("error", () => child.kill("SIGKILL"));
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  child.stdout.pipe(socket, { end: false });
  child.once("close", (code) => socket.end(tellsItsEnd.has(name) ? `${complaint}\n${code}` : complaint));
  return child;
}
