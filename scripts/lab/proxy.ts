import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { componentFile } from "./components.ts";
import type { Started, Surroundings } from "./on-demand-service.ts";
import { freePort, listens } from "./port.ts";
import { startService } from "./service.ts";

/** Squid, which opens tunnels for users with a ticket for it, and answers all others with 407. */
export interface Proxy {
  /** The URL contains an address, because `localhost` has two. The service principal name is `HTTP/localhost`. */
  readonly url: string;
}

function configuration(folder: string, port: number, keytab: string): string {
  const helper = `${componentFile("squidKerberos")} -k ${keytab} -s HTTP/localhost`;
  return `http_port 127.0.0.1:${port}
pid_filename ${folder}/pid
cache_log ${folder}/cache.log
access_log stdio:${folder}/access.log
coredump_dir ${folder}
visible_hostname localhost
cache deny all
cache_mem 1 MB
pinger_enable off
max_filedescriptors 1024
shutdown_lifetime 0 seconds
auth_param negotiate program ${helper}
auth_param negotiate children 4 startup=1 idle=1
acl known proxy_auth REQUIRED
http_access allow CONNECT known
http_access deny all
`;
}

export async function startProxy({ lab }: Surroundings): Promise<Started<Proxy>> {
  const folder = join(lab.folder, "proxy");
  mkdirSync(folder);
  // Squid changes to another user if root starts it.
  chmodSync(folder, 0o777);
  const [port, file] = [await freePort(), join(folder, "squid.conf")];
  writeFileSync(file, configuration(folder, port, lab.keytab));
  const service = await startService({
    name: "squid",
    command: [componentFile("squid"), "-N", "-f", file],
    env: { ...process.env, ...lab.environment },
    log: join(folder, "log"),
    ready: () => listens(port),
  });
  return { service, offers: { url: `http://127.0.0.1:${port}` } };
}
