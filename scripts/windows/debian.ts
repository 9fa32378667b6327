import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cache, root } from "./cache.ts";

/** 32-bit Wine cannot be installed beside what many machines have, so it has a Debian of its own to live in. */
const debian = join(cache, "debian-ia32");
const programs = join(cache, "wine-ia32");

/** Wine of that Debian; its wineserver is beside it. */
export const wine32 = join(programs, "wine");

const packages = [
  "wine",
  "wine32:i386",
  // What secur32 stands on: Kerberos, and Schannel.
  "libgssapi-krb5-2:i386",
  "libkrb5-3:i386",
  "libgnutls30t64:i386",
  // ntlm_auth is started with them.
  "libnss-wrapper",
  "libuid-wrapper",
];

/** Makes the Debian, unless it is there: 1.6 GB. Root only. @throws Error with the step that failed. */
export function makeDebian(): void {
  if (process.getuid?.() !== 0) throw new Error("only root can make a Debian to run 32-bit Wine in, and enter it");
  if (!existsSync(debian)) installDebian();
  mkdirSync(programs, { recursive: true });
  for (const name of ["wine", "wineserver"]) writeFileSync(join(programs, name), entering(name), { mode: 0o755 });
}

function installDebian(): void {
  const scratch = `${debian}-new`;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  console.log(`making a Debian 13 with 32-bit Wine in ${debian}`);
  run("debootstrap", "--variant=minbase", "trixie", scratch);
  // No service of a package's may start: the machine has its own.
  writeFileSync(join(scratch, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  run("chroot", scratch, "dpkg", "--add-architecture", "i386");
  run("chroot", scratch, "apt-get", "update");
  run("chroot", scratch, "apt-get", "install", "-y", "--no-install-recommends", ...packages);
  writeFileSync(join(scratch, "etc/hosts"), "");
  // NTLM's other program has to be as old as the winbindd that it asks: the lab's, outside.
  mkdirSync(join(scratch, "outside"));
  writeFileSync(join(scratch, "usr/bin/ntlm_auth"), '#!/bin/sh\nexec chroot /outside "$0" "$@"\n', { mode: 0o755 });
  renameSync(scratch, debian);
}

function run(command: string, ...args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, error, stdout, stderr } = spawnSync(command, args, { env, encoding: "utf8", maxBuffer: 1 << 26 });
  if (status === 0) return;
  const said = error?.message ?? `${stdout}${stderr}`.split("\n").slice(-20).join("\n");
  throw new Error(`${command} ${args.join(" ")} failed (Debian: debootstrap):\n${said}`);
}

/**
 * A program of that Debian as one of ours: with the project and temporary files where they are outside. The mounts
 * are in a view of the file system that ends with the program.
 */
function entering(name: string): string {
  const shared = [tmpdir(), root, dirname(realpathSync(join(root, "node_modules"))), "/proc", "/etc/hosts"];
  const mounts = [...new Set(shared)].map(
    (folder) => `[ -e "$0${folder}" ] || mkdir -p "$0${folder}"; mount --bind "${folder}" "$0${folder}"`,
  );
  const outside = 'mount --rbind / "$0/outside"';
  const lines = [outside, ...mounts, 'mount --rbind /dev "$0/dev"', `exec chroot "$0" env --chdir="$PWD" ${name} "$@"`];
  return `#!/bin/sh\nexec unshare --mount --propagation private sh -ec '${lines.join("\n")}' '${debian}' "$@"\n`;
}
