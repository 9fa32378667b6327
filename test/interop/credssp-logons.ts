import { realmName, users } from "../../scripts/lab/accounts.ts";
import type { SecurityProvider } from "../../src/index.ts";
import { kerberosProviders } from "../live/kerberos-providers.ts";
import { providers, samFile } from "../live/providers.ts";
import type { RdpUser } from "./rdp-clients.ts";

/** A way to log alice on inside CredSSP. */
export interface CredsspLogon {
  readonly label: string;
  readonly kerberos: boolean;
  readonly inner: string;
  readonly innerProvider: SecurityProvider;
  readonly alice: RdpUser;
  /** The further settings that a server needs. */
  readonly server: { readonly winpr?: { readonly samFile: string } };
}

/** Wine's NTLM protects no messages, so no data can be exchanged inside it. */
const ntlm: readonly CredsspLogon[] = providers
  .filter(({ kind }) => kind === "winpr")
  .map((provider) => ({
    label: `NTLM of ${provider.label}`,
    kerberos: false,
    inner: "NTLM",
    innerProvider: provider,
    alice: { user: "alice", password: users.alice },
    server: { winpr: { samFile } },
  }));

const kerberos: readonly CredsspLogon[] = kerberosProviders.map(({ label, provider }) => ({
  label: `Kerberos of ${label}`,
  kerberos: true,
  inner: "Negotiate",
  innerProvider: provider,
  alice: { user: "alice", domain: realmName, password: users.alice },
  server: {},
}));

export const logons: readonly CredsspLogon[] = [...ntlm, ...kerberos];
