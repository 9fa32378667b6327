import { expiryText } from "../values/index.ts";
import { type Command, failed, only, succeeded } from "./command.ts";
import { silenceWinpr } from "./quiet.ts";
import { tickets } from "./tickets.ts";

export const ticketsCommand: Command = async (args, { stdout }) => {
  only(args, 0, "no arguments");
  silenceWinpr();
  const { user, expiry, list } = tickets();
  const lines = [
    user === undefined ? "no tickets" : `${user}${expiryText(expiry)}`,
    ...(list ?? ["klist, which lists them, is not installed (krb5-user on Debian and Ubuntu)"]),
  ];
  stdout.write(`${lines.join("\n")}\n`);
  return user === undefined && !list?.length ? failed : succeeded;
};
