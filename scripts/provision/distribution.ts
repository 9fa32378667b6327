import { readFileSync } from "node:fs";

/** A distribution as in /etc/os-release: `debian`, `bookworm`. */
export interface Distribution {
  readonly id: string;
  readonly codename: string;
  /** The readable name: `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
}

/** Reads the content of an os-release(5) file. */
export function parseDistribution(text: string): Distribution {
  const field = (name: string): string => new RegExp(`^${name}=(["']?)(.*)\\1$`, "m").exec(text)?.[2] ?? "";
  return { id: field("ID"), codename: field("VERSION_CODENAME"), name: field("PRETTY_NAME") };
}

export function distribution(): Distribution {
  return parseDistribution(readFileSync("/etc/os-release", "utf8"));
}

/** Whether the system is Debian 12, whose backports contain packages that later releases have themselves. */
export function isBookworm({ id, codename }: Distribution): boolean {
  return id === "debian" && codename === "bookworm";
}
