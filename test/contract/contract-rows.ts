import { columns } from "../../src/values/columns.ts";
import { type PromiseId, promises } from "./promises.ts";

/** The result of a test. */
export interface Outcome {
  /** Its own title, without those of the suites around it. */
  readonly title: string;
  readonly state: "passed" | "failed" | "skipped" | "pending";
  /** The SSPI provider that the test used. */
  readonly providers: readonly string[];
  /** Third-party programs and services that the test talked to. */
  readonly peers: readonly string[];
}

export interface ContractRow {
  readonly id: PromiseId;
  readonly promise: string;
  readonly providers: readonly string[];
  readonly peers: readonly string[];
  readonly tests: number;
  /** `missing` where no test ran whose title begins with the row's name; a skipped test does not count as passed. */
  readonly state: "pass" | "fail" | "missing";
}

const names = /^(?:(?:EXP|ISC|ASC|SPX|SPT)-\d\d[,:]? )+/;

/** The rows that a title begins with. @throws RangeError for one that the contract does not have. */
export function rowsOf(title: string): readonly PromiseId[] {
  const ids = names.exec(title)?.[0].match(/[A-Z]{3}-\d\d/g) ?? [];
  const unknown = ids.find((id) => !Object.hasOwn(promises, id));
  if (unknown) throw new RangeError(`${unknown}: the contract has no such row, the test is ${JSON.stringify(title)}`);
  return ids as PromiseId[];
}

/** Every row of the contract, with the results of its tests. */
export function contractRows(outcomes: readonly Outcome[]): readonly ContractRow[] {
  const tests = new Map<PromiseId, Outcome[]>();
  for (const outcome of outcomes)
    for (const id of rowsOf(outcome.title)) tests.set(id, [...(tests.get(id) ?? []), outcome]);
  return (Object.keys(promises) as PromiseId[]).map((id) => {
    const found = tests.get(id) ?? [];
    const passed = found.every(({ state }) => state === "passed");
    return {
      id,
      promise: promises[id],
      providers: distinct(found.flatMap(({ providers }) => providers)),
      peers: distinct(found.flatMap(({ peers }) => peers)),
      tests: found.length,
      state: found.length === 0 ? "missing" : passed ? "pass" : "fail",
    };
  });
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** For a terminal. */
export function contractTable(rows: readonly ContractRow[]): string {
  const cells = rows.map(({ id, promise, tests, state, providers, peers }) => [
    id,
    promise,
    state,
    String(tests),
    providers.join(", "),
    peers.join(", "),
  ]);
  return columns([["row", "promise", "", "tests", "shown on", "with"], ...cells]);
}
