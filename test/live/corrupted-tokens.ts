import { appendFileSync } from "node:fs";
import { gssapiProvider, systemProvider } from "../../src/index.ts";
import { type Corpus, corruptions, kerberosCorpus, ntlmCorpus, outcome } from "./corruptions.ts";

// One line per case, before it and after it: the parent sees in which of them the process died. In a file, because a
// full pipe would refuse a line.
const [library = "", name = "", from, journal = ""] = process.argv.slice(2);
const note = (line: object): void => appendFileSync(journal, `${JSON.stringify(line)}\n`);
const corpus: Corpus =
  name === "Kerberos" || name === "Negotiate"
    ? kerberosCorpus(gssapiProvider(library), name)
    : ntlmCorpus(systemProvider(library));
const cases = corruptions(corpus);
for (const [index, corruption] of cases.entries()) {
  if (index < Number(from)) continue;
  note({ index, leg: corruption.leg, what: corruption.what });
  note(outcome(corpus, corruption));
}
note({ finished: cases.length });
