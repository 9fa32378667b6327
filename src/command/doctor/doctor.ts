import { type Command, failed, succeeded, UsageError } from "../command.ts";
import { silenceWinpr } from "../quiet.ts";
import { checks } from "./checks.ts";
import { findingLines } from "./finding.ts";
import { makeChecks, runChecks } from "./run-checks.ts";

/** The argument with which the checking process is started. */
const looking = "--look";

/** Checks everything that a logon needs. The exit code is 1 if there is a problem. */
export const doctor: Command = async (args, { stdout }) => {
  silenceWinpr();
  const [first, file, ...names] = args;
  if (first === looking && file !== undefined) {
    await makeChecks(names, file);
    return succeeded;
  }
  if (args.some((argument) => argument !== "--json"))
    throw new UsageError(`expected --json or nothing, got ${args.join(" ")}`);
  const findings = await runChecks(Object.keys(checks), [process.argv[1] as string, "doctor", looking]);
  const problems = findings.filter(({ state }) => state === "problem").length;
  const text =
    args.length > 0 ? JSON.stringify({ healthy: problems === 0, findings }, undefined, 2) : report(findings, problems);
  stdout.write(`${text}\n`);
  return problems === 0 ? succeeded : failed;
};

function report(findings: Parameters<typeof findingLines>[0], problems: number): string {
  const notes = findings.filter(({ state }) => state === "note").length;
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
  return [...findingLines(findings), "", `${count(problems, "problem")}, ${count(notes, "note")}`].join("\n");
}
