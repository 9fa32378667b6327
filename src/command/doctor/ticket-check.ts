import { expiryText } from "../../values/index.ts";
import { tickets } from "../tickets.ts";
import { type Found, note, ok } from "./finding.ts";

const advice =
  process.platform === "win32"
    ? "For Kerberos log on to the domain, or give an identity"
    : "For Kerberos as this user: kinit, or a keytab and KRB5_CLIENT_KTNAME; or give an identity";
const soon = 10 * 60_000;

export function ticketFinding(): Found {
  const { user, expiry } = tickets();
  if (user === undefined) return note(["none"], advice);
  const line = `${user}${expiryText(expiry)}`;
  if (expiry !== undefined && expiry.getTime() < Date.now() + soon)
    return note([line], "They end soon, or have ended: kinit");
  return ok(line);
}
