import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverName, users } from "./accounts.ts";
import { runCommand } from "./command.ts";
import { componentFile } from "./components.ts";
import { type Service, startService } from "./service.ts";

/** A winbindd that knows alice, and an `ntlm_auth` that uses it. */
export interface Winbind {
  readonly service: Service;
  /** A folder that is put first in `PATH`, so that programs find the lab's own `ntlm_auth`. */
  readonly programs: string;
}

/** Disables helpers on demand: they would be daemons that outlive winbindd, and the lab's requests need none. */
function configuration(folder: string): string {
  return `[global]
  workgroup = TESTDOM
  netbios name = ${serverName}
  server role = standalone server
  private dir = ${folder}/private
  lock directory = ${folder}/lock
  state directory = ${folder}/state
  cache directory = ${folder}/cache
  pid directory = ${folder}/pid
  ncalrpc dir = ${folder}/ncalrpc
  winbindd socket directory = ${folder}/socket
  log file = ${folder}/log.%m
  passdb backend = tdbsam:${folder}/private/passdb.tdb
  interfaces = lo
  bind interfaces only = yes
  rpc start on demand helpers = no
`;
}

/** winbindd maps its users to system accounts; these accounts exist only in winbindd's own view of the system. */
function accountsView(folder: string): Record<string, string> {
  const names = Object.keys(users);
  const accounts = names.map((name, index) => `${name}:x:${54321 + index}:54321::/nonexistent:/bin/false`);
  writeFileSync(join(folder, "passwd"), `${readFileSync("/etc/passwd", "utf8")}${accounts.join("\n")}\n`);
  writeFileSync(join(folder, "group"), `${readFileSync("/etc/group", "utf8")}lab:x:54321:\n`);
  return {
    LD_PRELOAD: "libnss_wrapper.so libuid_wrapper.so",
    // winbindd serves root only, so it is made to see the lab's user as root.
    UID_WRAPPER: "1",
    UID_WRAPPER_ROOT: "1",
    NSS_WRAPPER_PASSWD: join(folder, "passwd"),
    NSS_WRAPPER_GROUP: join(folder, "group"),
    SELFTEST_WINBINDD_SOCKET_DIR: join(folder, "socket"),
  };
}

export async function startWinbind(lab: string): Promise<Winbind> {
  const folder = join(lab, "winbind");
  for (const name of ["private", "lock", "state", "cache", "pid", "ncalrpc", "socket"])
    mkdirSync(join(folder, name), { recursive: true, mode: 0o755 });
  const file = join(folder, "smb.conf");
  writeFileSync(file, configuration(folder));
  const view = accountsView(folder);
  const env = { ...process.env, ...view };
  for (const [user, password] of Object.entries(users))
    runCommand([componentFile("smbpasswd"), "-c", file, "-s", "-a", user], {
      env,
      input: `${password}\n${password}\n`,
    });
  const programs = writePrograms(lab, file, view);
  const service = await startService({
    name: "winbindd",
    command: [componentFile("winbindd"), "-s", file, "--foreground", "--no-process-group"],
    env,
    log: join(folder, "log"),
    ready: () => isSocket(join(folder, "socket", "pipe")) && knowsAlice(join(programs, "ntlm_auth")),
  });
  return { service, programs };
}

function writePrograms(lab: string, file: string, view: Readonly<Record<string, string>>): string {
  const programs = join(lab, "bin");
  mkdirSync(programs);
  const variables = Object.entries(view).map(([name, value]) => `${name}='${value}'`);
  const command = `exec env ${variables.join(" ")} ${componentFile("ntlm_auth")} '--configfile=${file}' "$@"`;
  writeFileSync(join(programs, "ntlm_auth"), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  return programs;
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}

function knowsAlice(ntlmAuth: string): boolean {
  try {
    const login = ["--username=alice", `--password=${users.alice}`, `--domain=${serverName}`] as const;
    runCommand([ntlmAuth, ...login], { env: process.env });
    return true;
  } catch {
    return false;
  }
}
