import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportText, runReport } from "./report.ts";

const file = process.argv[2] ?? "windows-report.json";
if (process.platform !== "win32") {
  console.error("npm run windows-report asks Windows; this machine runs something else.");
  process.exit(1);
}
const report = await runReport(["--import", "tsx", join(import.meta.dirname, "run-experiment.ts")]);
console.log(reportText(report));
writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
console.log(`\nwritten to ${file}: no names, secrets or data of this machine are in it`);
