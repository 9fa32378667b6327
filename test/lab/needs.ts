import { beforeAll, beforeEach } from "vitest";
import type { ServiceName } from "../../scripts/lab/health.ts";
import type { Demanded, Offers, OnDemandName } from "../../scripts/lab/on-demand.ts";
import { readRecord } from "../../scripts/provision/record.ts";
import type { SecurityProvider } from "../../src/index.ts";
import { demand, labComplaints } from "../interop/peer.ts";
import { notePeer } from "../report/tested-on.ts";

const onDemandPackages = {
  samba: "samba-ad-dc",
  slapd: "slapd",
  squid: "squid",
  freerdp2: "freerdp2-x11",
  freerdp3: "freerdp3-x11",
  rdesktop: "rdesktop",
  impacket: "python3-impacket",
} as const satisfies Record<OnDemandName, string>;
const packages = { krb5kdc: "krb5-kdc", winbindd: "winbind", apache2: "apache2-bin" } as const;

/**
 * Says which services of the lab the tests of a `describe` talk to. Where one of them does not run, each of these tests
 * fails with the service's name, instead of with the error that a package makes of it.
 */
export function needs(...services: readonly ServiceName[]): void {
  beforeEach(async () => {
    const complaint = await labComplaints(services);
    if (complaint !== "") throw new Error(complaint);
    for (const service of services) if (service !== "prefix") notePeer(packages[service]);
  });
}

/** Milliseconds: a service may have to be set up first. */
const patience = 240_000;

/**
 * The same for a service that starts when a suite first needs it; where its program is not installed, the tests are
 * left out by its name. With `CI` set that is an error instead, unless `npm run provision` found that the
 * distribution has none. Returns what tells of the service while these tests run.
 */
export function needsOnDemand<N extends OnDemandName>(name: N): () => Offers<N> {
  let demanded: Demanded<N> | undefined;
  beforeAll(async () => {
    demanded = await demand(name);
  }, patience);
  beforeEach(async (context) => {
    // Each test checks whether the service is still running.
    demanded = demanded && "offers" in demanded ? await demand(name) : demanded;
    if (!demanded || "complaint" in demanded) throw new Error(demanded?.complaint ?? `${name} was not asked for`);
    if (!("missing" in demanded)) return notePeer(onDemandPackages[name]);
    const { absent: unknown, backported } = readRecord();
    const absent = demanded.missing.some((package_) => [...unknown, ...backported].includes(package_));
    const note = absent ? "this distribution has no" : "npm run provision installs";
    const reason = `${note} ${demanded.missing.join(", ")}`;
    if (process.env["CI"] && !absent) throw new Error(reason);
    context.skip(reason);
  });
  return () => {
    if (!demanded || !("offers" in demanded)) throw new Error(`${name} does not run`);
    return demanded.offers as Offers<N>;
  };
}

/** What NTLM's server reads its users from: WinPR a file, Wine winbindd. */
export function needsForNtlm({ kind }: SecurityProvider): void {
  if (kind === "secur32") needs("winbindd");
}
