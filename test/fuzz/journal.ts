import { openSync, writeSync } from "node:fs";
import type { ChildTask, Current } from "./fuzz-run.ts";

/** The task that a child received. */
export function taskOf<T extends object>(): T & ChildTask {
  return JSON.parse(process.argv[2] ?? "{}");
}

/** Reports the current case and its outcome to the parent in files: a full pipe would refuse a line. */
export class Journal {
  readonly #current: number;
  readonly #journal: number;

  constructor({ current, journal }: ChildTask) {
    this.#current = openSync(current, "r+");
    this.#journal = openSync(journal, "a");
  }

  /** Written before the case is tried: the last one written is the case that ended this process. */
  trying(index: number, what: string): void {
    const current: Current = { index, case: what };
    // Overwritten in place, with a mark at its end: truncating a file each time costs more than the case.
    writeSync(this.#current, `${JSON.stringify(current)}\n`, 0);
  }

  note(outcome: object): void {
    writeSync(this.#journal, `${JSON.stringify(outcome)}\n`);
  }
}
