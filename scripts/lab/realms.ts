import { otherRealm, realmName, services, silentRealm, users } from "./accounts.ts";
import { runCommand } from "./command.ts";
import { componentFile } from "./components.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the command for the principal of a cross-realm ticket, with which a client may ask the other realm's KDC. */
const crossing = (from: string, to: string): string => `addprinc -pw trust-of-${from} krbtgt/${to}@${from}`;

const mutualTrust = [crossing(realmName, otherRealm.name), crossing(otherRealm.name, realmName)];

function accounts(names: Readonly<Record<string, string>>, options = ""): readonly string[] {
  return Object.entries(names).map(([user, password]) => `addprinc ${options} -pw ${password} ${user}`);
}

function keys(names: readonly string[], keytab: string): readonly string[] {
  return names.flatMap((service) => [`addprinc -randkey ${service}`, `ktadd -k ${keytab} ${service}`]);
}

/** Creates the databases of the realms, and writes the keys of all services to one keytab. */
export function makeRealms(keytab: string, env: Environment): void {
  fill(realmName, env, [
    ...accounts(users),
    ...keys(services, keytab),
    ...mutualTrust,
    crossing(realmName, silentRealm),
  ]);
  fill(otherRealm.name, env, [
    ...accounts(otherRealm.users, "+requires_preauth"),
    ...keys(otherRealm.services, keytab),
    ...mutualTrust,
  ]);
}

function fill(realm: string, env: Environment, commands: readonly string[]): void {
  runCommand([componentFile("kdb5_util"), "create", "-s", "-r", realm, "-P", "master"], { env });
  runCommand([componentFile("kadmin"), "-r", realm], { env, input: `${commands.join("\n")}\n` });
}
