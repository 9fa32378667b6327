import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { explain, type TokenExplanation } from "../explain.ts";
import { type Command, failed, only, succeeded, UsageError } from "./command.ts";

/** Explains a token. Prefer standard input for the token: the shell's history keeps what is typed. */
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

/** Whether the token and all tokens inside it were recognized. */
function isReadable({ mechanism, inside }: TokenExplanation): boolean {
  return mechanism !== "unknown" && inside.every(isReadable);
}
