import { type Amount, casesOf } from "./cases.ts";
import { type CorpusName, corpus } from "./corpora.ts";
import { Journal, taskOf } from "./journal.ts";
import { deliver, type Outcome } from "./walk.ts";

export interface ChangedMessages {
  readonly names: readonly CorpusName[];
  /** Whether the library's own checks are active. */
  readonly guarded?: boolean;
  /** Changes only messages at these places; by default messages at all places. */
  readonly places?: readonly string[];
  readonly seeds: readonly number[];
  readonly amount: Amount;
}

export interface Tried extends Outcome {
  readonly corpus: CorpusName;
  readonly place: string;
  readonly what: string;
  /** Whether the changed bytes still contain the whole original message in its place. */
  readonly whole: boolean;
}

// Runs in a separate process: a case that ends the process is a finding, and must not end the suite.
const task = taskOf<ChangedMessages>();
const journal = new Journal(task);
let index = -1;
for (const name of task.names) {
  const chosen = corpus(name, task.guarded);
  for (const seed of task.seeds) {
    for (const { place, of } of casesOf(chosen, seed, task.amount)) {
      index += 1;
      if (index < task.from || task.places?.includes(place) === false) continue;
      let tried = { what: "", whole: true };
      const outcome = deliver(chosen, place, (message) => {
        const { what, sent } = of(message);
        tried = { what, whole: sent.subarray(0, message.length).equals(message) };
        // The beginning of a megabyte is enough for the report.
        const shown = sent.subarray(0, 8192).toString("base64");
        journal.trying(index, `${name}, seed ${seed}, ${place}, ${what}: ${shown}`);
        return sent;
      });
      const one: Tried = { corpus: name, place, ...tried, ...outcome };
      journal.note(one);
    }
  }
}
// Open hosts would keep the process running.
process.exit(0);
