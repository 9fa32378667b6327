import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { realmName } from "./accounts.ts";
import { runBeside } from "./command.ts";
import { componentFile } from "./components.ts";
import type { Started, Surroundings } from "./on-demand-service.ts";
import { freePort, listens } from "./port.ts";
import { startService } from "./service.ts";

/** OpenLDAP's server, which shows its entries only to alice, and only over sealed connections. */
export interface Directory {
  readonly port: number;
  readonly base: string;
  /** An attribute of alice's entry, and its value. */
  readonly attribute: string;
  readonly value: string;
}

const base = "dc=example,dc=test";
const value = "alice of the directory";

const entries = `dn: ${base}
objectClass: dcObject
objectClass: organization
o: lab
dc: example

dn: uid=alice,${base}
objectClass: account
uid: alice
description: ${value}
`;

function configuration(folder: string): string {
  return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/pid
argsfile ${folder}/args
sasl-host localhost
sasl-realm ${realmName}
# Bits of the key that a connection is sealed with: less is not enough.
sasl-secprops minssf=128
authz-regexp "^uid=alice,cn=example.test,cn=[^,]+,cn=auth$" "uid=alice,${base}"
authz-regexp "^uid=alice,cn=[^,]+,cn=auth$" "uid=alice,${base}"
database mdb
suffix "${base}"
directory ${folder}/data
access to * by dn.exact="uid=alice,${base}" ssf=128 read by * auth
`;
}

export async function startDirectory({ lab }: Surroundings): Promise<Started<Directory>> {
  const folder = join(lab.folder, "directory");
  mkdirSync(join(folder, "data"), { recursive: true });
  const [file, ldif] = [join(folder, "slapd.conf"), join(folder, "entries.ldif")];
  writeFileSync(file, configuration(folder));
  writeFileSync(ldif, entries);
  // Run a copy: Ubuntu confines the installed program to the system's own folders.
  const program = join(folder, "slapd");
  copyFileSync(componentFile("slapd"), program);
  const env = { ...process.env, ...lab.environment };
  await runBeside([program, "-T", "add", "-f", file, "-l", ldif], { env });
  const port = await freePort();
  const service = await startService({
    name: "slapd",
    command: [program, "-f", file, "-h", `ldap://127.0.0.1:${port}`, "-d", "0"],
    env,
    log: join(folder, "log"),
    ready: () => listens(port),
  });
  return { service, offers: { port, base, attribute: "description", value } };
}
