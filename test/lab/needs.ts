import { beforeEach } from "vitest";
import type { ServiceName } from "../../scripts/lab/health.ts";
import type { SecurityProvider } from "../../src/index.ts";
import { labComplaints } from "../interop/peer.ts";
import { notePeer } from "../report/tested-on.ts";

const packages = { krb5kdc: "krb5-kdc", winbindd: "winbind", apache2: "apache2-bin" } as const;

/**
 * Says which services of the lab the tests of a `describe` talk to. Where one of them does not run, each of these
 * tests fails with its name, instead of with whatever a package makes of it.
 */
export function needs(...services: readonly ServiceName[]): void {
  beforeEach(async () => {
    const complaint = await labComplaints(services);
    if (complaint !== "") throw new Error(complaint);
    for (const service of services) if (service !== "prefix") notePeer(packages[service]);
  });
}

/** What NTLM's server asks for its users: WinPR a file, Wine winbindd. */
export function needsForNtlm({ kind }: SecurityProvider): void {
  if (kind === "secur32") needs("winbindd");
}
