/** The observations of an experiment: plain values, without names, secrets or any other data of the machine. */
export type Seen = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** A question about a system that documentation leaves open. */
export interface Experiment {
  readonly question: string;
  /** The behaviour that this library assumes until it is observed. */
  readonly expected: string;
  run(): Promise<Seen> | Seen;
}

/** Returns the header of a TLS record: its type, version and length, none of which is secret. */
export function recordHeader(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 5)).toString("hex");
}
