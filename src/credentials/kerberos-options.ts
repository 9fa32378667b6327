import { CredentialStore } from "../gssapi/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { checkKey, checkText } from "../values/index.ts";
import type { CredentialUse } from "./credential-use.ts";

/** Where Kerberos in the system's GSSAPI finds its keys and tickets; the environment decides by default. */
export interface KerberosOptions {
  /** A client's tickets, such as `FILE:/run/service/ccache`. */
  readonly ccache?: string;
  /** A server's keys, such as `FILE:/etc/service.keytab`. */
  readonly keytab?: string;
  /** Keys with which a client gets its tickets, in place of a password. */
  readonly clientKeytab?: string;
  /** Where a server records the tickets that it has seen. `none:` records nothing, so that tickets can be replayed. */
  readonly replayCache?: string;
}

/** MIT's names for the entries of a credential store, and the side that uses each. */
const entries = {
  ccache: { key: "ccache", use: "outbound" },
  keytab: { key: "keytab", use: "inbound" },
  clientKeytab: { key: "client_keytab", use: "outbound" },
  replayCache: { key: "rcache", use: "inbound" },
} as const;

interface Asked {
  readonly kerberos?: KerberosOptions;
  readonly use: CredentialUse;
  readonly identity?: unknown;
}

/** @throws TypeError or RangeError naming the option */
export function checkKerberos({ kerberos, use, identity }: Asked, provider: SecurityProvider): void {
  if (kerberos === undefined) return;
  if (!provider.traits.kerberosStores)
    throw new RangeError(`kerberos: only the system's GSSAPI (MIT's) reads these options, not ${provider.label}`);
  for (const [name, value] of Object.entries(kerberos)) {
    const entry = entries[checkKey(name, "kerberos", entries)];
    if (value === undefined) continue;
    checkText(value, `kerberos.${name}`, { empty: false });
    if (use !== "both" && use !== entry.use)
      throw new RangeError(`kerberos.${name}: expected use "${entry.use}" or "both", got "${use}"`);
    if (identity !== undefined && entry.use === "outbound")
      throw new RangeError(`kerberos.${name}: an identity has tickets of its own`);
  }
}

/** The options as native memory; it stays at its address while the result is reachable. */
export function kerberosStore(kerberos: KerberosOptions | undefined): CredentialStore | undefined {
  if (kerberos === undefined) return undefined;
  const given = Object.entries(kerberos).filter(([, value]) => value !== undefined);
  return new CredentialStore(
    Object.fromEntries(given.map(([name, value]) => [entries[name as keyof typeof entries].key, value as string])),
  );
}
