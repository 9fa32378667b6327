import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Report } from "../../../scripts/windows-report/report.ts";

const root = join(import.meta.dirname, "../../..");

/** The experiments whose results depend neither on the logged-on user nor on installed programs. */
const ofEveryMachine = /^(tls13-(?!key-update)|schannel-|rsa-)/;

/**
 * The recorded results of the version of Wine that made the report, which a person checked.
 *
 * @throws Error for a version without recorded results, with its results to check and the file to write them to.
 */
export function knownAnswers({ system, outcomes }: Report, folder: string = import.meta.dirname): object {
  const [, version] = /^Wine (\d+)\./.exec(system) ?? [];
  if (version === undefined) throw new Error(`${system} is no version of Wine, and nothing is known of its answers`);
  const file = join(folder, `wine-${version}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as object;
  const answers = Object.fromEntries(Object.entries(outcomes).filter(([name]) => ofEveryMachine.test(name)));
  throw new Error(
    `nobody has looked at the answers of ${system}. Compare these with wine-8.json beside it, ` +
      `leave out what differs from run to run, and write them to ${relative(root, file)}:\n` +
      JSON.stringify(answers, undefined, 2),
  );
}
