import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { realmName, services, users } from "./accounts.ts";
import { runCommand } from "./command.ts";
import { componentFile } from "./components.ts";
import { listens } from "./port.ts";
import { type Service, startService } from "./service.ts";

/** A Kerberos realm of its own, with MIT's KDC. */
export interface Kerberos {
  readonly service: Service;
  /** Keys of the services. */
  readonly keytab: string;
  /** alice's ticket-granting ticket; a test that writes tickets takes a copy. */
  readonly credentialCache: string;
  /** What a program needs to find the realm. */
  readonly environment: Readonly<Record<string, string>>;
}

function clientConfiguration(port: number): string {
  return `[libdefaults]
  default_realm = ${realmName}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${realmName} = {
    kdc = 127.0.0.1:${port}
  }
[domain_realm]
  localhost = ${realmName}
`;
}

function kdcConfiguration(folder: string, port: number): string {
  return `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${realmName} = {
    database_name = ${join(folder, "principal")}
    key_stash_file = ${join(folder, "stash")}
  }
`;
}

export async function startKerberos(lab: string, port: number): Promise<Kerberos> {
  const folder = join(lab, "kerberos");
  const replays = join(folder, "replays");
  mkdirSync(replays, { recursive: true });
  const [client, kdc, keytab] = ["krb5.conf", "kdc.conf", "services.keytab"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(client, clientConfiguration(port));
  writeFileSync(kdc, kdcConfiguration(folder, port));
  const environment = { KRB5_CONFIG: client, KRB5_KTNAME: keytab, KRB5RCACHEDIR: replays };
  const env = { ...process.env, ...environment, KRB5_KDC_PROFILE: kdc };
  fillDatabase(keytab, env);
  // Apache accepts with these keys too, and is somebody else when it was started by root.
  chmodSync(keytab, 0o644);
  chmodSync(replays, 0o1777);
  const service = await startService({
    name: "krb5kdc",
    command: [componentFile("krb5kdc"), "-n", "-P", join(folder, "pid")],
    env,
    log: join(folder, "log"),
    ready: () => listens(port),
  });
  const credentialCache = join(folder, "alice.ccache");
  try {
    const input = `${users.alice}\n`;
    runCommand([componentFile("kinit"), "-c", credentialCache, `alice@${realmName}`], { env, input });
  } catch (error) {
    await service.stop();
    throw error;
  }
  return { service, keytab, credentialCache, environment };
}

function fillDatabase(keytab: string, env: Readonly<Record<string, string | undefined>>): void {
  rmSync(keytab, { force: true });
  runCommand([componentFile("kdb5_util"), "create", "-s", "-r", realmName, "-P", "master"], { env });
  const commands = [
    ...Object.entries(users).map(([user, password]) => `addprinc -pw ${password} ${user}`),
    ...services.flatMap((service) => [`addprinc -randkey ${service}`, `ktadd -k ${keytab} ${service}`]),
  ];
  runCommand([componentFile("kadmin")], { env, input: `${commands.join("\n")}\n` });
}
