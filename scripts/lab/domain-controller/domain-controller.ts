import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { domain } from "../accounts.ts";
import { runBeside } from "../command.ts";
import { componentFile } from "../components.ts";
import type { Started, Surroundings } from "../on-demand-service.ts";
import { freePort, listens } from "../port.ts";
import { startService } from "../service.ts";
import { domainTemplate, identifiersName, keytabName, portsLibrary, rootInItsOwnView } from "./template.ts";

type UserName = keyof typeof domain.users;

/**
 * An Active Directory domain: Samba's KDC and directory on loopback. The lab's keytab contains the keys of its
 * services.
 */
export interface DomainController {
  readonly realm: string;
  readonly netbios: string;
  /** The host name of its services, which listen on 127.0.0.1. */
  readonly host: string;
  readonly ldapPort: number;
  readonly tickets: Readonly<Record<UserName, string>>;
  /** Security identifiers of users and groups, from the directory. */
  readonly identifiers: Readonly<Record<string, string>>;
}

interface Ports {
  readonly kdc: number;
  readonly kpasswd: number;
  readonly ldap: number;
  /** The port of the global catalogue, which a controller serves too. */
  readonly catalogue: number;
}

function configuration(folder: string, ports: Ports): string {
  return `[global]
  interfaces = 127.0.0.1/8
  bind interfaces only = yes
  netbios name = ${domain.host.split(".")[0]}
  realm = ${domain.realm}
  workgroup = ${domain.netbios}
  server role = active directory domain controller
  server services = kdc, ldap, cldap
  krb5 port = ${ports.kdc}
  kpasswd port = ${ports.kpasswd}
  tls enabled = no
  log file = ${folder}/log.%m
  private dir = ${folder}/private
  lock directory = ${folder}
  state directory = ${folder}/state
  cache directory = ${folder}/cache
  pid directory = ${folder}
  ncalrpc dir = ${folder}/ncalrpc
  winbindd socket directory = ${folder}/winbindd
  ntp signd socket directory = ${folder}/ntp
`;
}

export async function startDomainController({ lab, moreRealms }: Surroundings): Promise<Started<DomainController>> {
  const folder = join(lab.folder, "domain-controller");
  const template = await domainTemplate();
  await cp(template, folder, { recursive: true });
  const ports = {
    kdc: await freePort(),
    kpasswd: await freePort(),
    ldap: await freePort(),
    catalogue: await freePort(),
  };
  const file = join(folder, "etc", "smb.conf");
  writeFileSync(file, configuration(folder, ports));
  writeFileSync(join(moreRealms, "domain.conf"), realm(ports));
  const service = await startService({
    name: "samba",
    command: [componentFile("samba"), "--interactive", "--model=single", "--debug-stdout", "-s", file],
    env: {
      ...process.env,
      ...rootInItsOwnView(folder, join(folder, portsLibrary)),
      MOVED_PORTS: `389=${ports.ldap},3268=${ports.catalogue}`,
    },
    log: join(folder, "log"),
    ready: async () => (await listens(ports.kdc)) && (await listens(ports.ldap)),
  });
  try {
    await addKeys(lab.keytab, join(folder, keytabName));
    const tickets = {
      alice: await getTickets(folder, lab.environment, "alice"),
      bob: await getTickets(folder, lab.environment, "bob"),
    };
    const { realm: name, netbios, host } = domain;
    const identifiers = JSON.parse(readFileSync(join(folder, identifiersName), "utf8"));
    return { service, offers: { realm: name, netbios, host, ldapPort: ports.ldap, tickets, identifiers } };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

/** Returns the Kerberos configuration of the domain for programs of the lab. */
function realm({ kdc }: Ports): string {
  return `[realms]
  ${domain.realm} = {
    kdc = 127.0.0.1:${kdc}
  }
[domain_realm]
  .${domain.realm.toLowerCase()} = ${domain.realm}
`;
}

/** Adds keys atomically: a program that reads the lab's keytab sees either all new keys or none. */
async function addKeys(keytab: string, added: string): Promise<void> {
  const scratch = `${keytab}-new`;
  const input = `read_kt ${keytab}\nread_kt ${added}\nwrite_kt ${scratch}\n`;
  await runBeside([componentFile("ktutil")], { env: process.env, input });
  chmodSync(scratch, 0o644);
  renameSync(scratch, keytab);
}

async function getTickets(
  folder: string,
  environment: Readonly<Record<string, string>>,
  user: UserName,
): Promise<string> {
  const cache = join(folder, `${user}.ccache`);
  const env = { ...process.env, ...environment };
  const command = [componentFile("kinit"), "-c", cache, `${user}@${domain.realm}`] as const;
  await runBeside(command, { env, input: `${domain.users[user]}\n` });
  return cache;
}
