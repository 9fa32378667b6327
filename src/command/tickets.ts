import { execFileSync } from "node:child_process";
import { type Ticket, ticketCache } from "./ticket-cache.ts";
import { kerberosUser } from "./whoami.ts";

/** The known facts about this user's tickets, without any key. */
export interface Tickets {
  /** The owner of the tickets. */
  readonly user: string | undefined;
  readonly expiry: Date | undefined;
  /** Lines about each ticket; undefined if this machine cannot list them. */
  readonly list: readonly string[] | undefined;
}

export function tickets(): Tickets {
  const user = kerberosUser();
  return { user: user?.name, expiry: user?.expiry, list: process.platform === "win32" ? ofLsa() : ofKlist() };
}

function ofLsa(): readonly string[] {
  return ticketCache().map(({ server, flags }: Ticket) => `${server} (${flags.join(" ")})`);
}

/** The output of Kerberos' own program `klist`, because GSSAPI has no function that lists tickets. */
function ofKlist(): readonly string[] | undefined {
  try {
    const printed = execFileSync("klist", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 10_000 });
    return printed.trimEnd().split("\n");
  } catch (error) {
    // klist exits with 1 if there are no tickets.
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : [];
  }
}
