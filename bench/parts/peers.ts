import { startBenchLab } from "../bench-lab.ts";
import { MissingError } from "../compile.ts";
import { ratioGoals } from "../goal.ts";
import { measureNodeExposeSspi } from "../peers/node-expose-sspi.ts";
import { measureNpmKerberos } from "../peers/npm-kerberos.ts";
import type { Peer } from "../peers/peer.ts";
import { ratioReport } from "../report.ts";
import type { Measured } from "../rounds.ts";
import type { Found, Run } from "../run.ts";

const all: Readonly<Record<string, Peer>> = {
  "npm's kerberos": measureNpmKerberos,
  "npm's node-expose-sspi": measureNodeExposeSspi,
};

/** Beside what people would pick instead, each with the floor of its own run; who cannot be had is left out by name. */
export async function peers({ setting: { native }, size }: Run): Promise<Found> {
  const missing: string[] = [];
  const measured: Measured[] = [];
  const { lab, stop } = await startBenchLab();
  try {
    for (const [name, peer] of Object.entries(all)) {
      try {
        const ratios = peer(lab, { native, ...size.peers });
        console.log(ratioReport(ratios));
        measured.push(...ratios);
      } catch (error) {
        if (!(error instanceof MissingError)) throw error;
        missing.push(`${name}: ${error.message}`);
      }
    }
  } finally {
    await stop();
  }
  return { goals: ratioGoals(measured), missing };
}
