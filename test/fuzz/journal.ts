import { openSync, writeSync } from "node:fs";
import type { ChildTask, Current } from "./fuzz-run.ts";

/** What a child was told to do. */
export function taskOf<T extends object>(): T & ChildTask {
  return JSON.parse(process.argv[2] ?? "{}");
}

/** Tells the parent what is tried and what came of it, in files: a full pipe would refuse a line. */
export class Journal {
  readonly #current: number;
  readonly #journal: number;

  constructor({ current, journal }: ChildTask) {
    this.#current = openSync(current, "r+");
    this.#journal = openSync(journal, "a");
  }

  /** Written down before it is tried: what ends this process is the last that was. */
  trying(index: number, what: string): void {
    const current: Current = { index, case: what };
    // In place, its end marked: truncating a file each time costs more than the case.
    writeSync(this.#current, `${JSON.stringify(current)}\n`, 0);
  }

  note(outcome: object): void {
    writeSync(this.#journal, `${JSON.stringify(outcome)}\n`);
  }
}
