import { componentFile } from "../../scripts/lab/components.ts";
import type { Display } from "../../scripts/lab/display.ts";
import { outputOf } from "./peer.ts";

/** A third-party client, after it has ended. */
export interface ClientRun {
  readonly code: number;
  readonly output: string;
}

/** Who logs on: by Kerberos where there is a `domain`, a realm in capitals, else by NTLM. */
export interface RdpUser {
  readonly user: string;
  readonly password: string;
  readonly domain?: string;
}

/** How FreeRDP's clients end where the server refused them. */
export const refusedLogon = 147;

async function run(...[name, args, input]: Parameters<typeof outputOf>): Promise<ClientRun> {
  const text = await outputOf(name, args, input);
  const end = text.lastIndexOf("\n");
  return { code: Number(text.slice(end + 1)), output: text.slice(0, end) };
}

/** The version of FreeRDP's client, and a display for it. */
export interface Freerdp {
  readonly version: 2 | 3;
  readonly display: Display;
}

/** FreeRDP's client, which logs on and disconnects. */
export function xfreerdp(
  { version, display }: Freerdp,
  port: number,
  { user, password, domain }: RdpUser,
): Promise<ClientRun> {
  const logon = [`/u:${user}`, `/p:${password}`, ...(domain === undefined ? [] : [`/d:${domain}`])];
  const program = componentFile(`freerdpClient${version}`);
  // FreeRDP 3 begins with user-to-user Kerberos, which is for peers without keys, unless an option disables it.
  const ntlm = version === 3 && domain === undefined ? ["/auth-pkg-list:!kerberos"] : [];
  const options = [`/v:localhost:${port}`, ...logon, ...ntlm, "/cert:ignore", "+auth-only"];
  return run(`xfreerdp${version}`, [...variables(display), program, ...options]);
}

function variables({ DISPLAY, XAUTHORITY }: Display): readonly string[] {
  return [`DISPLAY=${DISPLAY}`, `XAUTHORITY=${XAUTHORITY}`];
}

/** impacket's: CredSSP of version 2 with NTLM. */
export function impacket(port: number, { user, password }: RdpUser): Promise<ClientRun> {
  return run("impacket", [String(port), `${user}:${password}@127.0.0.1`]);
}

/**
 * rdesktop: CredSSP of version 2 with Kerberos, whose tickets are alice's. It asks whether it may trust the server.
 *
 * @param seconds after which it is killed: a server that hangs up in an orderly way lets it read for ever.
 */
export function rdesktop(
  display: Display,
  port: number,
  { user, password, domain = "" }: RdpUser,
  seconds?: number,
): Promise<ClientRun> {
  const limit = seconds === undefined ? [] : ["timeout", "--signal=KILL", String(seconds)];
  const logon = ["-u", user, "-d", domain, "-p", password, `localhost:${port}`];
  return run("rdesktop", [...variables(display), ...limit, componentFile("rdesktop"), ...logon], "yes\n");
}
