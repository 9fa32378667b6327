import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { users } from "./accounts.ts";
import { componentFile } from "./components.ts";
import type { Kerberos } from "./kerberos.ts";
import { listens } from "./port.ts";
import { type Service, startService } from "./service.ts";

/** Apache with mod_auth_gssapi; it returns the user's name in the header `X-User`. */
export interface WebServer {
  readonly service: Service;
  /** The URL that requires Kerberos. */
  readonly kerberosUrl: string;
  /** The URL that requires NTLM. */
  readonly ntlmUrl: string;
}

const modules = ["mpm_event", "authn_core", "authz_core", "authz_user", "headers", "auth_gssapi"];

function protectedFolder(path: string, directives: readonly string[]): string {
  return `<Location /${path}>
  AuthType GSSAPI
  AuthName ${path}
  ${directives.join("\n  ")}
  Require valid-user
  Header set X-User "expr=%{REMOTE_USER}"
</Location>
`;
}

function configuration(folder: string, port: number, keytab: string): string {
  const load = modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
  // Apache refuses to serve as root, and can change its user only if root starts it.
  const account = process.getuid?.() === 0 ? "User www-data\nGroup www-data\n" : "";
  return `ServerRoot ${folder}
PidFile ${folder}/pid
DefaultRuntimeDir ${folder}
Listen 127.0.0.1:${port}
ServerName localhost
ErrorLog ${folder}/error.log
DocumentRoot ${folder}/documents
StartServers 1
${account}${load.join("\n")}
${protectedFolder("kerberos", ["GssapiAllowedMech krb5", "GssapiConnectionBound On", `GssapiCredStore keytab:${keytab}`])}
${protectedFolder("ntlm", ["GssapiAllowedMech ntlmssp", "GssapiConnectionBound On"])}`;
}

export async function startWebServer(lab: string, port: number, kerberos: Kerberos): Promise<WebServer> {
  const folder = join(lab, "web");
  for (const name of ["kerberos", "ntlm"]) {
    mkdirSync(join(folder, "documents", name), { recursive: true });
    writeFileSync(join(folder, "documents", name, "index.txt"), `${name}\n`);
  }
  const [file, accounts] = [join(folder, "httpd.conf"), join(folder, "ntlm-users")];
  writeFileSync(file, configuration(folder, port, kerberos.keytab));
  writeFileSync(
    accounts,
    Object.entries(users)
      .map(([user, password]) => `TESTDOM:${user}:${password}\n`)
      .join(""),
  );
  const service = await startService({
    name: "apache2",
    command: [componentFile("apache2"), "-f", file, "-D", "FOREGROUND"],
    env: { ...process.env, ...kerberos.environment, NTLM_USER_FILE: accounts },
    log: join(folder, "log"),
    ready: () => listens(port),
  });
  const url = `http://localhost:${port}`;
  return { service, kerberosUrl: `${url}/kerberos/index.txt`, ntlmUrl: `${url}/ntlm/index.txt` };
}
