import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MissingError } from "./compile.ts";

const version = "7.0.0";
/** Debian's krb5-multidev, and libkrb5-dev. */
const headers = ["/usr/include/mit-krb5", "/usr/include"];

/**
 * Installs npm's `kerberos` into a folder and compiles it there, with npm's own node-gyp and the headers of this Node:
 * where it is. It is no dependency of this project, since it needs a compiler or a download.
 */
export function installNpmKerberos(folder: string): string {
  const include = headers.find((path) => existsSync(join(path, "gssapi", "gssapi.h")));
  if (!include) throw new MissingError("npm's kerberos needs gssapi.h (Debian: krb5-multidev)");
  const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--build-from-source", "--nodedir=/usr"];
  const env = { ...process.env, CPLUS_INCLUDE_PATH: include };
  const npm = spawnSync("npm", [...args, `kerberos@${version}`], { cwd: folder, env, encoding: "utf8" });
  const module = join(folder, "node_modules", "kerberos");
  if (npm.status !== 0 || !existsSync(join(module, "build", "Release", "kerberos.node")))
    throw new MissingError(`npm's kerberos could not be compiled:\n${npm.error?.message ?? npm.stderr}`);
  return module;
}
