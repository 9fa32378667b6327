import type { Abi } from "../../src/ctypes/abi.ts";
import { type AbsentList, isExcused, isListed } from "./absent.ts";
import type { Findings, Mismatch } from "./examine.ts";
import type { Subject } from "./subject.ts";

export interface Verdict {
  /** The number of names that were compared with a header; a name counts once for all ABIs. */
  readonly checked: number;
  readonly absent: readonly Subject[];
  /** One line for each failure, with the ABIs on which it occurs. */
  readonly failures: readonly string[];
}

/**
 * Compares the compilers' findings with the list of names that may be absent. With headers other than those the list
 * was made for (not `exact`), a listed name may also be declared.
 */
export function judge(findings: readonly Findings[], list: AbsentList, exact: boolean): Verdict {
  const failures = new Failures();
  for (const { abi, absent, present, mismatches, broken } of findings) {
    for (const line of broken) failures.add(`a header does not compile: ${line}`, abi);
    for (const subject of absent)
      if (!isListed(list, subject)) failures.of(subject, "the header does not declare it, and no list says so", abi);
    for (const subject of present)
      if (exact && isListed(list, subject))
        failures.of(subject, "is listed as absent, but the header declares it", abi);
    for (const { subject, claim, reason } of mismatches) {
      const but = reason === undefined ? "the header says otherwise" : `the compiler says: ${reason}`;
      if (!isExcused(list, subject, claim)) failures.of(subject, `the metadata says ${claim}, ${but}`, abi);
    }
  }
  const excused = findings.flatMap(({ mismatches }) =>
    mismatches.filter(({ subject, claim }) => isExcused(list, subject, claim)),
  );
  for (const line of exact ? idle(list, excused) : []) failures.add(line);
  const absent = new Map(findings.flatMap((one) => one.absent).map((subject) => [keyOf(subject), subject]));
  const checked = new Set(findings.flatMap((one) => one.present).map(keyOf));
  return { checked: checked.size, absent: [...absent.values()], failures: failures.lines() };
}

/** Returns listed differences that do not exist. */
function idle(list: AbsentList, excused: readonly Mismatch[]): string[] {
  return [...list].flatMap(([stem, { differs = [] }]) =>
    differs
      .filter(({ name, says }) => !excused.some(({ subject, claim }) => subject.name === name && claim === says))
      .map(({ name, says }) => `${stem}.json: ${name}: is listed as different from ${says}, but nothing is`),
  );
}

function keyOf({ stem, kind, name }: Subject): string {
  return `${stem} ${kind} ${name}`;
}

/** Collects failures; the same failure on several ABIs is one line. */
class Failures {
  readonly #found = new Map<string, readonly Abi[]>();

  of({ header, name }: Subject, what: string, abi: Abi): void {
    this.add(`${header}: ${name}: ${what}`, abi);
  }

  add(line: string, ...on: readonly Abi[]): void {
    this.#found.set(line, [...(this.#found.get(line) ?? []), ...on]);
  }

  lines(): string[] {
    return [...this.#found].map(([line, abis]) => (abis.length === 0 ? line : `${line} (${abis.join(", ")})`));
  }
}
