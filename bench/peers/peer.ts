import type { Lab } from "../../scripts/lab/description.ts";
import type { Measured } from "../rounds.ts";

/** How much is measured, and where the bundled processes are. */
export interface PeerRun {
  readonly native: string;
  readonly rounds: number;
  readonly warmUp: number;
}

/**
 * Measures somebody else's package, the first contender, beside this one, with a lab's users and keys.
 *
 * @throws MissingError that names what this machine lacks for it
 */
export type Peer = (lab: Lab, run: PeerRun) => readonly Measured[];
