import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../scripts/lab/description.ts";
import { MissingError } from "../compile.ts";
import { gssapiLibrary } from "../gssapi.ts";
import { measuring } from "../measuring.ts";
import type { Measured } from "../rounds.ts";
import type { NpmKerberosTask } from "./measure-npm-kerberos.ts";
import type { PeerRun } from "./peer.ts";

const version = "7.0.0";
/** Debian's krb5-multidev, and libkrb5-dev. */
const headers = ["/usr/include/mit-krb5", "/usr/include"];

/** npm's `kerberos` beside this package and C, all on MIT's library and with the lab's tickets. */
export function measureNpmKerberos(lab: Lab, { native, rounds, warmUp }: PeerRun): Measured[] {
  const setting = { library: gssapiLibrary, native, package: "Kerberos" } as const;
  const task: NpmKerberosTask = { setting, module: installed(join(native, "peers")), rounds, warmUp };
  return measuring(native, "peers/measure-npm-kerberos", task, { environment: lab.environment });
}

/**
 * Returns the folder of npm's `kerberos`, which is compiled there once for each version of Node, with npm's own node-gyp
 * and the headers of this Node. It is no dependency of this project, since it needs a compiler or a download.
 */
function installed(folder: string): string {
  const place = join(folder, `kerberos-${version}-node-${process.version}`);
  if (!existsSync(place)) install(folder, place);
  return join(place, "node_modules", "kerberos");
}

function install(folder: string, place: string): void {
  const include = headers.find((path) => existsSync(join(path, "gssapi", "gssapi.h")));
  if (!include) throw new MissingError("it needs gssapi.h (Debian: krb5-multidev)");
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(`${place}-`);
  try {
    const args = ["install", "--prefix", scratch, "--no-audit", "--no-fund", "--build-from-source", "--nodedir=/usr"];
    const env = { ...process.env, CPLUS_INCLUDE_PATH: include };
    const npm = spawnSync("npm", [...args, `kerberos@${version}`], { cwd: scratch, env, encoding: "utf8" });
    const built = join(scratch, "node_modules", "kerberos", "build", "Release", "kerberos.node");
    if (npm.status !== 0 || !existsSync(built))
      throw new MissingError(`npm could not compile it:\n${npm.error?.message ?? npm.stderr}`);
    renameSync(scratch, place);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
