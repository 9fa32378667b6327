import { release } from "node:os";
import { inject } from "vitest";
import { Credential, type CredentialOptions, type SecurityProvider, systemProvider } from "../../src/index.ts";
import { wineVersion } from "../windows/wine-version.ts";

/** What a test ran on. Goes with the test's result to whoever reports it. */
export interface TestedOn {
  /** The Node that it ran in. */
  readonly node: string;
  /** Whose SSPI its credentials are from, with the version. */
  readonly providers: readonly string[];
  /** What it talked to of the lab, with the version. */
  readonly peers: readonly string[];
}

declare module "vitest" {
  interface TaskMeta {
    testedOn?: TestedOn;
  }
}

const providers = new Set<string>();
const peers = new Set<string>();
const node = `${process.versions.node} ${process.platform}`;

export function forgetUses(): void {
  providers.clear();
  peers.clear();
}

/** What was used since {@link forgetUses}. */
export function uses(): TestedOn {
  return { node, providers: [...providers].sort(), peers: [...peers].sort() };
}

/** Notes that a test talks to what a Debian package of the lab has. */
export function notePeer(package_: string): void {
  peers.add(`${package_} ${inject("lab")?.versions[package_] ?? "unknown"}`);
}

/** Notes whose SSPI a test asks that acquires no credentials. */
export function noteProvider({ kind, label, version }: SecurityProvider): void {
  if (kind === "secur32" && label !== "scripted") providers.add(`secur32.dll of ${systemVersion()}`);
  else providers.add(version === undefined ? label : `${label} ${version}`);
}

/** Windows' library has no version of its own, and Wine need not be that of the lab: 32 bits have one of their own. */
function systemVersion(): string {
  const wine = wineVersion();
  return wine === undefined ? `Windows ${release()}` : `Wine ${wine}`;
}

type Acquire = (options: CredentialOptions) => unknown;

const watched = new WeakSet<Acquire>();

/** From now on every credential that is asked for tells whose it is. */
export function watchCredentials(): void {
  for (const name of ["acquire", "acquireSync"] as const) {
    const acquire: Acquire = Credential[name];
    if (watched.has(acquire)) continue;
    const watching: Acquire = (options) => {
      // Not every test passes options: some see what is said of something else.
      const provider = options?.provider;
      if (provider?.kind) noteProvider(provider);
      else if (options) noteCurrent();
      return acquire(options);
    };
    watched.add(watching);
    Object.assign(Credential, { [name]: watching });
  }
}

/** The machine's provider, where there is one. */
function noteCurrent(): void {
  try {
    noteProvider(systemProvider());
  } catch {
    // The test is about that.
  }
}
