import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { entryPoints } from "../../scripts/entry-points.ts";
import type { Goal } from "../goal.ts";
import { importTimes } from "../import-time.ts";
import { table, verdict } from "../report.ts";
import type { Found, Run } from "../run.ts";
import { importTargets } from "../targets.ts";

const root = join(import.meta.dirname, "../..");

/** What the import of each entry point of the built package takes. */
export function imports({ size }: Run): Found {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const entries = entryPoints().map(({ specifier, source }) => ({
    specifier,
    file: join(root, source.replace(/^src/, "dist").replace(/\.ts$/, ".js")),
  }));
  const files = entries.map(({ file }) => file);
  const [empty = { median: Number.NaN, least: Number.NaN }, ...modules] = importTimes(files, size.processes);
  const goals: Goal[] = [];
  const rows = entries.map(({ specifier }, index) => {
    const { median, least } = modules[index] ?? { median: Number.NaN, least: Number.NaN };
    const limit = importTargets[specifier];
    const value = median - empty.median;
    const goal = limit === undefined ? [] : [{ what: `import of ${specifier}`, value, limit, unit: "ms", floor: 0 }];
    goals.push(...goal);
    return [specifier, `${value.toFixed(1)} ms`, `${(least - empty.least).toFixed(1)} ms`, ...goal.map(verdict)];
  });
  const header = [`import beyond an empty module's ${empty.median.toFixed(1)} ms`, "median", "least", "target"];
  console.log(`${table([header, ...rows])}\n`);
  return { goals };
}
