import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportText, runReport } from "../windows-report/report.ts";
import { failuresOf, steps } from "./steps.ts";

const file = process.argv[2] ?? "macos-report.json";
if (process.platform !== "darwin") {
  console.error("npm run macos-report asks macOS; this machine runs something else.");
  process.exit(1);
}
const report = await runReport(["--import", "tsx", join(import.meta.dirname, "run-step.ts")], steps);
console.log(reportText(report, steps));
writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
console.log(`\nwritten to ${file}: no names, secrets or data of this machine are in it`);
const failures = failuresOf(report);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;
