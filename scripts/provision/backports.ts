import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { runAsRoot } from "./as-root.ts";
import { type Distribution, isBookworm } from "./distribution.ts";

const file = "/etc/apt/sources.list.d/sspi-ffi-backports.sources";

/** `--backports` was given, but backports cannot be added. */
export class BackportsError extends Error {
  constructor(why: string) {
    super(`--backports: ${why}`);
    this.name = "BackportsError";
  }
}

/**
 * Returns an apt source for Debian 12's backports, on the mirror from which the system gets Debian.
 *
 * `targets`: the line `URI CODENAME COMPONENT` of each source that apt knows, in any format.
 *
 * @throws BackportsError if none of them is Debian 12's own
 */
export function backportsSource(targets: string): string {
  const own = targets.split("\n").map((line) => line.trim().split(" "));
  const mirror = own.find(([, codename, component]) => codename === "bookworm" && component === "main")?.[0];
  if (mirror === undefined) throw new BackportsError("apt has no source with Debian 12's own packages");
  const fields = ["Types: deb", `URIs: ${mirror}`, "Suites: bookworm-backports", "Components: main"];
  return [...fields, "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg", ""].join("\n");
}

/**
 * Adds Debian's backports to apt's sources, unless they are present. Returns whether apt has read them.
 *
 * @throws BackportsError on another distribution
 */
export function addBackports(system: Distribution): boolean {
  if (!isBookworm(system)) throw new BackportsError(`only Debian 12 needs them, and this is ${system.name}`);
  if (existsSync(file)) return true;
  const format = "$(REPO_URI) $(CODENAME) $(COMPONENT)";
  const { stdout } = spawnSync("apt-get", ["indextargets", "--format", format, "Created-By: Packages"], {
    encoding: "utf8",
  });
  const source = backportsSource(stdout ?? "");
  return runAsRoot(["sh", "-c", 'printf %s "$1" > "$2"', "sh", source, file], ["apt-get", "update"]);
}
