import { readFileSync } from "node:fs";
import { join } from "node:path";

const ends = ["lowest", "newest"] as const;
type End = (typeof ends)[number];

/** Returns the lowest version that a `~` range allows, or the range itself, for which npm takes the newest version. */
export function endOfRange(range: string, end: string): string {
  const lowest = /^~(\d+\.\d+\.\d+)$/.exec(range)?.[1];
  if (lowest === undefined) throw new Error(`koffi: expected a range such as ~3.3.4, got ${range}`);
  if (!ends.includes(end as End)) throw new Error(`expected ${ends.join(" or ")}, got ${end}`);
  return end === "lowest" ? lowest : range;
}

if (import.meta.filename === process.argv[1]) {
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  console.log(endOfRange(dependencies.koffi, process.argv[2] ?? ""));
}
