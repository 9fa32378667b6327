import { readFileSync } from "node:fs";

/** As /etc/os-release names it: `debian`, `bookworm`. */
export interface Distribution {
  readonly id: string;
  readonly codename: string;
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
}

/** Reads what os-release(5) says. */
export function parseDistribution(text: string): Distribution {
  const field = (name: string): string => new RegExp(`^${name}=(["']?)(.*)\\1$`, "m").exec(text)?.[2] ?? "";
  return { id: field("ID"), codename: field("VERSION_CODENAME"), name: field("PRETTY_NAME") };
}

export function distribution(): Distribution {
  return parseDistribution(readFileSync("/etc/os-release", "utf8"));
}

/** Debian 12: the release whose backports have what later releases have themselves. */
export function isBookworm({ id, codename }: Distribution): boolean {
  return id === "debian" && codename === "bookworm";
}
