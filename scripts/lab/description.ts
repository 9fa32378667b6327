/** Ticket caches with ticket-granting tickets. Use a copy: programs add tickets to the cache that they use. */
export interface Tickets {
  readonly alice: string;
  /** alice's forwardable ticket, which she can delegate. */
  readonly forwardable: string;
  readonly bob: string;
  /** The tickets of the other realm's alice, who is a different user. */
  readonly otherAlice: string;
}

/** The services of a running lab; plain data, so that another process can receive it. */
export interface Lab {
  /** The folder that contains everything of the lab. */
  readonly folder: string;
  /** Environment variables that a program needs before it starts, to use the lab. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folder with the lab's own `ntlm_auth`; it comes first in the environment's `PATH`. */
  readonly programs: string;
  readonly realm: string;
  /** The keys of the services of both realms. */
  readonly keytab: string;
  readonly tickets: Tickets;
  /** The users that WinPR's NTLM server knows. */
  readonly samFile: string;
  readonly winePrefix: string;
  /** Apache, one URL for Kerberos and one for NTLM; it returns the user's name in `X-User`. */
  readonly web: { readonly kerberosUrl: string; readonly ntlmUrl: string };
  /** The versions of the Debian packages that the lab uses. */
  readonly versions: Readonly<Record<string, string>>;
  readonly processes: Readonly<Record<string, number>>;
}
