import type { Way } from "../../../scripts/consumers/consumer.ts";

/** Each test runner prints in its own way, so the test writes to a file. */
const tested = (...lines: readonly string[]): readonly string[] => ["rm -f out.txt", ...lines, "cat out.txt"];
const node = "node_modules/node/bin/node";

export const title = "jest, vitest";

export const ways: readonly Way[] = [
  ...["forks", "threads", "vmThreads", "vmForks"].map((pool) => ({
    tool: "vitest",
    way: `\`--pool=${pool}\``,
    run: tested(`${node} node_modules/vitest/vitest.mjs run --pool=${pool}`),
  })),
  {
    tool: "jest",
    way: "ES modules",
    run: tested(`${node} --experimental-vm-modules node_modules/jest/bin/jest.js`),
    todo: "`node --experimental-vm-modules`",
  },
  {
    tool: "jest",
    way: "`require()`",
    run: [`${node} node_modules/jest/bin/jest.js --config required.config.js`],
    onlyCompiles: true,
    fails: "Must use import to load ES Module",
    todo: "use ES modules, as above",
  },
];
