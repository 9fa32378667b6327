import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { explain, type TokenExplanation } from "../explain.ts";
import { type Command, failed, only, succeeded, UsageError } from "./command.ts";

/** What a token says. A token is better read from standard input: what is typed stays in the shell's history. */
export const explainCommand: Command = async (args, { stdin, stdout }) => {
  const [given = ""] = only(
    args.filter((argument) => argument !== "--json"),
    1,
    "a token, or - for standard input",
  );
  const found = explained(given === "-" ? await text(stdin) : given);
  stdout.write(`${args.includes("--json") ? JSON.stringify(found, undefined, 2) : inspect(found)}\n`);
  return isReadable(found) ? succeeded : failed;
};

/** @throws UsageError */
function explained(token: string): TokenExplanation {
  try {
    return explain(token);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** Whether all of it could be told. */
function isReadable({ mechanism, inside }: TokenExplanation): boolean {
  return mechanism !== "unknown" && inside.every(isReadable);
}
