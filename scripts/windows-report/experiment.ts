/** What an experiment has seen: plain values, without names, secrets or anything else of the machine. */
export type Seen = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** A question about a system that documentation leaves open. */
export interface Experiment {
  readonly question: string;
  /** What this library relies on until somebody has seen it. */
  readonly expected: string;
  run(): Promise<Seen> | Seen;
}

/** The beginning of a TLS record: its type, version and length, none of which is secret. */
export function recordHeader(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 5)).toString("hex");
}
