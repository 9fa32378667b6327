/** How many times as slow as the workload's first contender, and as the addon, somebody may be at most. */
export interface Target {
  readonly base: number;
  readonly addon?: number;
}

/** What the library is held to, by the beginning of a workload's name and by contender. */
const targets: readonly { readonly workload: string; readonly contender: string; readonly target: Target }[] = [
  // Beside C on the system's GSSAPI.
  { workload: "Kerberos handshake, a credential a context", contender: "public API", target: { base: 1.1 } },
  { workload: "Kerberos: encrypt + decrypt 16 B", contender: "public API", target: { base: 1.3 } },
  { workload: "Kerberos: encrypt + decrypt 1 KiB", contender: "public API", target: { base: 1.05 } },
  // Beside npm's kerberos.
  { workload: "Kerberos handshake, off the event loop", contender: "public API, async", target: { base: 0.75 } },
  // Beside node-expose-sspi.
  { workload: "secur32: ", contender: "public API", target: { base: 1 } },
  // Beside C on WinPR.
  { workload: "handshake", contender: "layer", target: { base: 1.06, addon: 0.92 } },
  { workload: "handshake", contender: "public API", target: { base: 1.1, addon: 0.96 } },
  { workload: "encrypt + decrypt 16 B", contender: "public API", target: { base: 1.2, addon: 1.06 } },
  { workload: "encrypt + decrypt 1 KiB", contender: "public API", target: { base: 1.05, addon: 1.02 } },
  { workload: "encrypt + decrypt 64 KiB", contender: "public API", target: { base: 1.01 } },
  { workload: "encrypt + decrypt 1 MiB", contender: "public API", target: { base: 1.01 } },
  { workload: "query sizes", contender: "public API", target: { base: 1.2, addon: 0.37 } },
];

export function targetOf(workload: string, contender: string): Target | undefined {
  return targets.find((entry) => workload.startsWith(entry.workload) && entry.contender === contender)?.target;
}

/** The import of an entry point of the built package beyond that of an empty module, in ms. */
export const importTargets: Readonly<Record<string, number>> = { "sspi-ffi": 6, "sspi-ffi/raw": 10 };

/** Growth over all the handshakes of a run, beyond C's, in MiB. */
export const growthTarget = 1;

/** The same over Kerberos handshakes of the system's GSSAPI, for which V8's own memory comes and goes. */
export const gssapiGrowthTarget = 4;

/** A request on a connection whose user is known: beside a server that asks nobody, and beside undici's own `Client`. */
export const httpTargets = { server: 1.03, client: 1.1 };

/** A handshake while many contexts are open, beside one while two are. */
export const liveTarget = 1.05;
