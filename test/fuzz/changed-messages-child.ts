import { type Amount, casesOf } from "./cases.ts";
import { type CorpusName, corpus } from "./corpora.ts";
import { Journal, taskOf } from "./journal.ts";
import { deliver, type Outcome } from "./walk.ts";

export interface ChangedMessages {
  readonly names: readonly CorpusName[];
  /** Without the library's own checks, where this is false. */
  readonly guarded?: boolean;
  /** Only messages at these places; everywhere, where it is not said. */
  readonly places?: readonly string[];
  readonly seeds: readonly number[];
  readonly amount: Amount;
}

export interface Tried extends Outcome {
  readonly corpus: CorpusName;
  readonly place: string;
  readonly what: string;
  /** Everything of the message as it was is still there, in its place. */
  readonly whole: boolean;
}

// A process of its own: what ends it is a finding, and must not end the suite.
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
        // A megabyte says no more than its beginning.
        const shown = sent.subarray(0, 8192).toString("base64");
        journal.trying(index, `${name}, seed ${seed}, ${place}, ${what}: ${shown}`);
        return sent;
      });
      const one: Tried = { corpus: name, place, ...tried, ...outcome };
      journal.note(one);
    }
  }
}
// Hosts are open, and would keep the process.
process.exit(0);
