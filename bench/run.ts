import type { Setting } from "./contender.ts";
import type { Goal } from "./goal.ts";
import type { GssapiSize } from "./gssapi.ts";
import type { HttpSize } from "./http.ts";
import type { LoadRow, LoadTask } from "./load.ts";
import type { Measured } from "./rounds.ts";

/** How much of everything a run does. */
export interface Size {
  /** Rounds of a workload, after so many that warm up. */
  readonly rounds: number;
  readonly warmUp: number;
  /** Processes that import an entry point. */
  readonly processes: number;
  /** Handshakes whose memory is measured, after so many others. */
  readonly handshakes: number;
  readonly settling: number;
  readonly load: Pick<LoadTask, "duration" | "liveRounds">;
  readonly tls: { readonly handshakes: number; readonly chunks: number; readonly rounds: number };
  readonly credssp: number;
  readonly http: HttpSize;
  readonly gssapi: GssapiSize;
  readonly hosted: { readonly rounds: number; readonly warmUp: number };
  readonly peers: { readonly rounds: number; readonly warmUp: number };
}

export const wholeSize: Size = {
  rounds: 900,
  warmUp: 60,
  processes: 31,
  handshakes: 200_000,
  settling: 100_000,
  load: { duration: 3000, liveRounds: 20 },
  tls: { handshakes: 400, chunks: 1600, rounds: 7 },
  credssp: 1000,
  http: { rounds: 300, slice: 100, logons: 500 },
  gssapi: { rounds: 300, warmUp: 200, handshakes: 20_000, settling: 10_000 },
  hosted: { rounds: 300, warmUp: 100 },
  peers: { rounds: 300, warmUp: 200 },
};

export const quickSize: Size = {
  rounds: 100,
  warmUp: 25,
  processes: 9,
  handshakes: 20_000,
  settling: 10_000,
  load: { duration: 500, liveRounds: 5 },
  tls: { handshakes: 100, chunks: 400, rounds: 3 },
  credssp: 100,
  http: { rounds: 60, slice: 100, logons: 200 },
  gssapi: { rounds: 40, warmUp: 100, handshakes: 20_000, settling: 5_000 },
  hosted: { rounds: 60, warmUp: 60 },
  peers: { rounds: 40, warmUp: 100 },
};

/** One run of the benchmark. */
export interface Run {
  readonly setting: Setting;
  readonly size: Size;
}

/** What a part of the benchmark has found; it has printed its tables before. */
export interface Found {
  readonly goals: readonly Goal[];
  /** For the picture: what is measured beside C. */
  readonly ratios?: readonly Measured[];
  readonly load?: readonly LoadRow[];
  /** What could not be measured on this machine, and why. */
  readonly missing?: readonly string[];
}

export type Part = (run: Run) => Found | Promise<Found>;
