import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A long time limit in milliseconds: twice the default. */
const long = 60_000;

/** Whether a file sets a long time limit, as tests do that make very many connections or try every byte. */
export function takesLong(test: string): boolean {
  const text = readFileSync(join(import.meta.dirname, "..", test), "utf8");
  const limits = [...text.matchAll(/(?:\btimeout: |\}, )(\d[\d_]+)\b/g)].map((match) => match[1] as string);
  return limits.some((limit) => Number(limit.replaceAll("_", "")) >= long);
}
