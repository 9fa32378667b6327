import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { otherRealm, realmName, silentRealm, users } from "./accounts.ts";
import { runCommand } from "./command.ts";
import { componentFile } from "./components.ts";
import type { Tickets } from "./description.ts";
import { listens } from "./port.ts";
import { makeRealms } from "./realms.ts";
import { type Service, startService } from "./service.ts";

/** Two private Kerberos realms, with one MIT KDC for both. */
export interface Kerberos {
  readonly service: Service;
  /** The keys of the services. */
  readonly keytab: string;
  readonly tickets: Tickets;
  /** The environment variables that a program needs to find the realms. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder; the content of every file in it becomes part of the configuration at once. */
  readonly moreRealms: string;
}

export interface KerberosPorts {
  readonly kdc: number;
  /** The port of the KDC that never replies. */
  readonly silent: number;
}

function clientConfiguration({ kdc, silent }: KerberosPorts, moreRealms: string): string {
  return `includedir ${moreRealms}
[libdefaults]
  default_realm = ${realmName}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${realmName} = {
    kdc = 127.0.0.1:${kdc}
  }
  ${otherRealm.name} = {
    kdc = 127.0.0.1:${kdc}
  }
  ${silentRealm} = {
    kdc = 127.0.0.1:${silent}
  }
[domain_realm]
  localhost = ${realmName}
  .example.test = ${realmName}
  .other.test = ${otherRealm.name}
  .silent.test = ${silentRealm}
`;
}

function kdcConfiguration(folder: string, { kdc }: KerberosPorts): string {
  const realm = (name: string): string => `  ${name} = {
    database_name = ${join(folder, name)}
    key_stash_file = ${join(folder, `${name}.stash`)}
  }
`;
  return `[kdcdefaults]
  kdc_listen = 127.0.0.1:${kdc}
  kdc_tcp_listen = 127.0.0.1:${kdc}
[realms]
${realm(realmName)}${realm(otherRealm.name)}`;
}

export async function startKerberos(lab: string, ports: KerberosPorts): Promise<Kerberos> {
  const folder = join(lab, "kerberos");
  const [replays, moreRealms] = [join(folder, "replays"), join(folder, "realms")];
  for (const name of [replays, moreRealms]) mkdirSync(name, { recursive: true });
  const [client, kdc, keytab] = ["krb5.conf", "kdc.conf", "services.keytab"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(client, clientConfiguration(ports, moreRealms));
  writeFileSync(kdc, kdcConfiguration(folder, ports));
  const environment = { KRB5_CONFIG: client, KRB5_KTNAME: keytab, KRB5RCACHEDIR: replays };
  const env = { ...process.env, ...environment, KRB5_KDC_PROFILE: kdc };
  makeRealms(keytab, env);
  // Apache needs to read these keys too, and runs as another user if root starts it.
  chmodSync(keytab, 0o644);
  chmodSync(replays, 0o1777);
  const realms = ["-r", realmName, "-r", otherRealm.name];
  const service = await startService({
    name: "krb5kdc",
    command: [componentFile("krb5kdc"), "-n", "-P", join(folder, "pid"), ...realms],
    env,
    log: join(folder, "log"),
    ready: () => listens(ports.kdc),
  });
  try {
    return { service, keytab, tickets: getTickets(folder, env), environment, moreRealms };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

function getTickets(folder: string, env: Readonly<Record<string, string | undefined>>): Tickets {
  const get = (name: string, user: string, password: string, ...options: string[]): string => {
    const cache = join(folder, `${name}.ccache`);
    runCommand([componentFile("kinit"), ...options, "-c", cache, user], { env, input: `${password}\n` });
    return cache;
  };
  return {
    alice: get("alice", `alice@${realmName}`, users.alice),
    forwardable: get("forwardable", `alice@${realmName}`, users.alice, "-f"),
    bob: get("bob", `bob@${realmName}`, users.bob),
    otherAlice: get("other-alice", `alice@${otherRealm.name}`, otherRealm.users.alice),
  };
}
