import { release } from "node:os";
import { inject } from "vitest";
import { Credential, type CredentialOptions, type SecurityProvider, systemProvider } from "../../src/index.ts";
import { wineVersion } from "../windows/wine-version.ts";

/** What a test ran on. The test's result carries it to the reporter. */
export interface TestedOn {
  /** The Node that it ran in. */
  readonly node: string;
  /** The providers of its credentials, with their versions. */
  readonly providers: readonly string[];
  /** The lab's programs that it talked to, with their versions. */
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

/** Records that a test talks to a program of a Debian package of the lab. */
export function notePeer(package_: string): void {
  peers.add(`${package_} ${inject("lab")?.versions[package_] ?? "unknown"}`);
}

/** Records the provider of a test that acquires no credentials. */
export function noteProvider({ kind, label, version }: SecurityProvider): void {
  if (kind === "secur32" && label !== "scripted") providers.add(`secur32.dll of ${systemVersion()}`);
  else providers.add(version === undefined ? label : `${label} ${version}`);
}

/** secur32.dll has no version, so this is the system's. Wine may not be the lab's: 32 bits have their own Wine. */
function systemVersion(): string {
  const wine = wineVersion();
  return wine === undefined ? `Windows ${release()}` : `Wine ${wine}`;
}

type Acquire = (options: CredentialOptions) => unknown;

const watched = new WeakSet<Acquire>();

/** From now on, every acquisition of a credential records its provider. */
export function watchCredentials(): void {
  for (const name of ["acquire", "acquireSync"] as const) {
    const acquire: Acquire = Credential[name];
    if (watched.has(acquire)) continue;
    const watching: Acquire = (options) => {
      // Some tests pass no valid options, to see how they are refused.
      const provider = options?.provider;
      if (provider?.kind) noteProvider(provider);
      else if (options) noteCurrent();
      return acquire(options);
    };
    watched.add(watching);
    Object.assign(Credential, { [name]: watching });
  }
}

/** Records the machine's provider, if there is one. */
function noteCurrent(): void {
  try {
    noteProvider(systemProvider());
  } catch {
    // Without a library there is no provider to record; the test itself reports that.
  }
}
