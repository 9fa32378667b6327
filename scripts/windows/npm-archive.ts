import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** One version of a package on the npm registry, with the hash of its archive in the form of lock files. */
export interface NpmArchive {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/**
 * Returns the folder with the archive's files, which are fetched if the folder does not exist. They are unpacked, not
 * installed: the `node` of another system must not precede the real one in `node_modules/.bin`.
 *
 * @throws Error if npm fails, or if the archive's hash is wrong.
 */
export function unpackedArchive(archive: NpmArchive, folder: string): string {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const scratch = mkdtempSync(`${folder}-`);
  try {
    console.log(`fetching ${archive.name} ${archive.version} into ${folder}`);
    const file = join(scratch, run("npm", ["pack", `${archive.name}@${archive.version}`, "--loglevel=error"], scratch));
    checkIntegrity(archive, file);
    run("tar", ["xzf", file], scratch);
    renameSync(join(scratch, "package"), folder);
    return folder;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export function checkIntegrity({ name, version, integrity }: NpmArchive, file: string): void {
  const found = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
  if (found !== integrity) throw new Error(`${name} ${version}: expected ${integrity}, the registry sent ${found}`);
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return stdout.trim();
  throw new Error(`${command} ${args.join(" ")} failed: ${stderr?.trim() || (error?.message ?? `status ${status}`)}`);
}
