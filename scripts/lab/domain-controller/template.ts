import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { domain } from "../accounts.ts";
import { runBeside, runCommand } from "../command.ts";
import { componentFile } from "../components.ts";

/**
 * Files of the template: the keys of the domain's services, the identifiers of users and groups, and the library that
 * moves ports.
 */
export const keytabName = "services.keytab";
export const identifiersName = "identifiers.json";
export const portsLibrary = "moved-ports.so";

/** Returns the folder for databases of new domains, per user: only the user who made them may read them. */
function place(): string {
  const version = runCommand([componentFile("samba"), "--version"], { env: process.env })
    .trim()
    .split(" ")
    .at(-1);
  return join(".cache", "domain-controller", `${version}-${process.getuid?.()}`);
}

/**
 * Returns the folder of a new domain controller, to be copied: setting one up takes ten times as long. Only
 * `etc/smb.conf` in it contains its path.
 */
export async function domainTemplate(): Promise<string> {
  const template = place();
  if (existsSync(template)) return template;
  const scratch = join(process.cwd(), `${template}-${process.pid}`);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  try {
    await setUp(scratch);
    renameSync(scratch, template);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    // Use the template of another run that finished first.
    if (!existsSync(template)) throw error;
  }
  return template;
}

async function setUp(folder: string): Promise<void> {
  const library = join(folder, portsLibrary);
  const source = join(import.meta.dirname, "moved-ports.c");
  await runBeside([componentFile("gcc"), "-shared", "-fPIC", "-O1", "-o", library, source], { env: process.env });
  const input = commands(folder).map((command) => `${JSON.stringify(command)}\n`);
  const output = await runBeside([componentFile("python3"), join(import.meta.dirname, "samba-tools.py")], {
    env: { ...process.env, ...rootInItsOwnView(folder) },
    input: input.join(""),
  });
  writeFileSync(join(folder, identifiersName), JSON.stringify(identifiersIn(output)));
}

/** Reads the output of the last commands: the security identifiers of users and groups, by name. */
function identifiersIn(output: string): Readonly<Record<string, string>> {
  const names = [...Object.keys(domain.users), ...Object.keys(domain.groups)];
  const sids = [...output.matchAll(/^objectSid: (\S+)$/gm)].map(([, sid = ""]) => sid);
  if (sids.length !== names.length) throw new Error(`Samba says ${sids.length} identifiers of ${names}:\n${output}`);
  return Object.fromEntries(names.map((name, index) => [name, sids[index] ?? ""]));
}

/**
 * Returns an environment in which Samba sees itself as root and as the owner of the folder, because some of its steps
 * need root.
 */
export function rootInItsOwnView(folder: string, ...libraries: readonly string[]): Record<string, string> {
  const [passwd, group] = [join(folder, "passwd"), join(folder, "group")];
  if (!existsSync(passwd)) copyFileSync("/etc/passwd", passwd);
  if (!existsSync(group)) copyFileSync("/etc/group", group);
  return {
    LD_PRELOAD: ["libuid_wrapper.so", "libnss_wrapper.so", ...libraries].join(" "),
    UID_WRAPPER: "1",
    UID_WRAPPER_ROOT: "1",
    NSS_WRAPPER_PASSWD: passwd,
    NSS_WRAPPER_GROUP: group,
    HOME: folder,
    TMPDIR: folder,
    // The data does not have to survive a power failure.
    TDB_NO_FSYNC: "1",
  };
}

function commands(folder: string): readonly (readonly string[])[] {
  const configuration = join(folder, "etc", "smb.conf");
  const { realm, netbios, host, users, groups, services, bobsUpn } = domain;
  const [name = ""] = host.split(".");
  const set = (...command: readonly string[]): readonly string[] => [...command, "-s", configuration];
  return [
    [
      ...["domain", "provision", "--server-role=dc", "--dns-backend=NONE", `--targetdir=${folder}`],
      ...[`--realm=${realm}`, `--domain=${netbios}`, `--host-name=${name}`, "--host-ip=127.0.0.1"],
      ...["--option=interfaces=127.0.0.1/8", "--option=bind interfaces only=yes"],
      `--option=log file=${join(folder, "log.%m")}`,
    ],
    ...Object.entries(users).map(([user, password]) => set("user", "create", user, password)),
    set("user", "rename", "bob", `--upn=${bobsUpn}`),
    ...Object.entries(groups).flatMap(([group, scope]) => [
      set("group", "add", group, `--group-scope=${scope}`),
      set("group", "addmembers", group, "alice"),
    ]),
    // Use the controller's own account, which has AES keys; a new user's account would have none.
    ...[...services, `ldap/${host}`].map((service) => set("spn", "add", service, `${name.toUpperCase()}$`)),
    ...services.map((service) => set("domain", "exportkeytab", join(folder, keytabName), `--principal=${service}`)),
    ...Object.keys(users).map((user) => set("user", "show", user, "--attributes=objectSid")),
    ...Object.keys(groups).map((group) => set("group", "show", group, "--attributes=objectSid")),
  ];
}
