import { appendFileSync } from "node:fs";
import { systemProvider } from "../../src/index.ts";
import { corruptions, outcome } from "./corruptions.ts";

// One line per case, before it and after it: the parent sees in which of them the process died. In a file, because a
// full pipe would refuse a line.
const [library, from, journal] = [process.argv[2] as string, Number(process.argv[3]), process.argv[4] as string];
const note = (line: object): void => appendFileSync(journal, `${JSON.stringify(line)}\n`);
const provider = systemProvider(library);
const cases = corruptions(provider);
for (const [index, corruption] of cases.entries()) {
  if (index < from) continue;
  note({ index, leg: corruption.leg, what: corruption.what });
  note(outcome(provider, corruption));
}
note({ finished: cases.length });
