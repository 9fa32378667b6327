/** Caches with ticket-granting tickets. Tickets get added to whatever is used, so use a copy. */
export interface Tickets {
  readonly alice: string;
  /** alice's, of the kind that she can hand on. */
  readonly forwardable: string;
  readonly bob: string;
  /** Those of the other realm's alice, who is somebody else. */
  readonly otherAlice: string;
}

/** What a running lab offers; plain data, so that it can be handed to another process. */
export interface Lab {
  /** Everything of the lab is below it. */
  readonly folder: string;
  /** What a program that is to use the lab needs in its environment, before it starts. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folder with our `ntlm_auth`; it comes first in the environment's `PATH`. */
  readonly programs: string;
  readonly realm: string;
  /** Keys of the services of both realms. */
  readonly keytab: string;
  readonly tickets: Tickets;
  /** The users that WinPR's NTLM server knows. */
  readonly samFile: string;
  readonly winePrefix: string;
  /** Apache, asking for Kerberos and for NTLM; it answers with the user's name in `X-User`. */
  readonly web: { readonly kerberosUrl: string; readonly ntlmUrl: string };
  /** Of the Debian packages that it is made of. */
  readonly versions: Readonly<Record<string, string>>;
  readonly processes: Readonly<Record<string, number>>;
}
