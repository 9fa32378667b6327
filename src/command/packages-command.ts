import { inspect } from "node:util";
import { packages } from "../index.ts";
import { type Command, only, succeeded } from "./command.ts";
import { silenceWinpr } from "./quiet.ts";

export const packagesCommand: Command = async (args, { stdout }) => {
  only(args, 0, "no arguments");
  silenceWinpr();
  stdout.write(`${inspect(packages())}\n`);
  return succeeded;
};
