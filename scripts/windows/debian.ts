import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cache, root } from "./cache.ts";

/** A separate Debian for 32-bit Wine, which cannot be installed together with packages that many machines have. */
const debian = join(cache, "debian-ia32");
const programs = join(cache, "wine-ia32");

/** That Debian's Wine; its wineserver is in the same folder. */
export const wine32 = join(programs, "wine");

const packages = [
  "wine",
  "wine32:i386",
  // Libraries that secur32 uses: for Kerberos, and for Schannel.
  "libgssapi-krb5-2:i386",
  "libkrb5-3:i386",
  "libgnutls30t64:i386",
  // ntlm_auth is started with these.
  "libnss-wrapper",
  "libuid-wrapper",
];

/** Makes the Debian once: 1.6 GB. Root only. @throws Error with the step that failed. */
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
  // Prevent the packages' services from starting: the machine has its own.
  writeFileSync(join(scratch, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  run("chroot", scratch, "dpkg", "--add-architecture", "i386");
  run("chroot", scratch, "apt-get", "update");
  run("chroot", scratch, "apt-get", "install", "-y", "--no-install-recommends", ...packages);
  writeFileSync(join(scratch, "etc/hosts"), "");
  // NTLM's helper program has to have the version of the winbindd that it asks, which is the lab's, outside this
  // Debian.
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
 * Returns a script that runs a program of that Debian with the project and temporary files at the same paths as
 * outside. The mounts exist in a private view of the file system that ends with the program.
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
