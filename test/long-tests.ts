import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Milliseconds, twice what every test has. */
const long = 60_000;

/** Whether a file has a test with a time limit of its own that is long: it makes very many connections, or tries every byte. */
export function takesLong(test: string): boolean {
  const text = readFileSync(join(import.meta.dirname, "..", test), "utf8");
  const limits = [...text.matchAll(/(?:\btimeout: |\}, )(\d[\d_]+)\b/g)].map((match) => match[1] as string);
  return limits.some((limit) => Number(limit.replaceAll("_", "")) >= long);
}
