import { columns } from "../../src/values/columns.ts";

/** One test that ran. */
export interface ReportedTest {
  /** The Vitest project, and the folder below `test` that it is in. */
  readonly suite: string;
  /** The Node that it ran in. */
  readonly node: string;
  readonly providers: readonly string[];
  readonly peers: readonly string[];
  readonly failed: boolean;
  readonly milliseconds: number;
}

interface Row {
  readonly first: ReportedTest;
  readonly peers: Set<string>;
  tests: number;
  failed: number;
  milliseconds: number;
}

const headings = ["suite", "Node", "provider", "tests", "time", "peers"];

/** The tests that ran, one line for each suite, Node and provider. */
export function suiteTable(tests: readonly ReportedTest[]): string {
  const rows = new Map<string, Row>();
  for (const test of tests) {
    const key = JSON.stringify([test.suite, test.node, test.providers]);
    const row = rows.get(key) ?? { first: test, peers: new Set<string>(), tests: 0, failed: 0, milliseconds: 0 };
    for (const peer of test.peers) row.peers.add(peer);
    row.tests += 1;
    row.failed += test.failed ? 1 : 0;
    row.milliseconds += test.milliseconds;
    rows.set(key, row);
  }
  const sorted = [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
  return columns([headings, ...sorted.map(cells)]);
}

function cells({ first, peers, tests, failed, milliseconds }: Row): readonly string[] {
  return [
    first.suite,
    first.node,
    first.providers.join(", ") || "none",
    failed === 0 ? String(tests) : `${tests} (${failed} failed)`,
    `${(milliseconds / 1_000).toFixed(1)} s`,
    [...peers].sort().join(", "),
  ];
}
