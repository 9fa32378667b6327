import { expect, inject } from "vitest";
import { ClientContext, Credential, gssapiProvider, type SecurityProvider } from "../../../src/index.ts";
import { samFile as usersFile } from "../providers.ts";
import { type Ends, loggedOn, succeeds, taken, userOf } from "./authentication.ts";
import { fateOf } from "./fatal-run.ts";
import type { Observe } from "./probe.ts";

/** NTLM's identifier, 1.3.6.1.4.1.311.2.2.10, as SPNEGO offers it. */
const ntlmIdentifier = Buffer.from("060a2b06010401823702020a", "hex");
const alice = { user: "alice", domain: "EXAMPLE.TEST", password: "userpw" } as const;

/** Whether a client of Negotiate offers NTLM although its package list is this one. */
function offersNtlm(provider: SecurityProvider, packageList: string): boolean {
  const identity = { ...alice, packageList };
  using credential = Credential.acquireSync({ package: "Negotiate", use: "outbound", provider, identity });
  using client = new ClientContext(credential, { target: "HTTP/localhost" });
  return client.stepSync().token?.includes(ntlmIdentifier) ?? false;
}

/** Whether alice logs on with a list that excludes nothing she needs. */
function logsOnWithList(provider: SecurityProvider): boolean {
  const outbound = { identity: { ...alice, packageList: "!pku2u" } };
  return succeeds(() => loggedOn({ package: "Negotiate", provider, outbound }));
}

/** Whether a client that is given bob's tickets makes bob's token, according to MIT's server. */
function isBobs(provider: SecurityProvider): boolean {
  const kerberos = { ccache: `FILE:${inject("lab").tickets.bob}` };
  using sides = loggedOn({
    package: "Kerberos",
    provider,
    serverProvider: gssapiProvider(),
    outbound: { kerberos },
  });
  return sides.server.peer().account === "bob";
}

function logsOnWith(provider: SecurityProvider, samFile: "identity" | "attribute" | "none"): boolean {
  const inbound = samFile === "none" ? { winpr: undefined } : { winpr: { samFile: usersFile } };
  return succeeds(() => loggedOn({ package: "NTLM", provider: taken(provider, { samFile }), inbound } as Ends));
}

/** The first bytes of a client of Schannel that is limited to TLS 1.1; the limit is in one struct or in the other. */
function latestProtocol(provider: SecurityProvider, version: 4 | 5): string {
  const schannel = { version, protocols: ["tls1.1"] } as const;
  using credential = Credential.acquireSync({ package: "Schannel", use: "outbound", provider, schannel });
  using client = new ClientContext(credential, { target: "localhost" });
  // A record's head has 5 bytes, a handshake message's 4; the version of the ClientHello follows.
  return `TLS 1.${(client.stepSync().token?.[10] ?? 1) - 1}`;
}

/** The options of a credential. */
export const credentialProbes = {
  async readsExtendedIdentity({ provider: { kind }, column }, provider) {
    if (kind === "gssapi") return logsOnWithList(provider);
    if (column === "WinPR 3") return !offersNtlm(provider, "!ntlm");
    return (await fateOf("readsExtendedIdentity", provider)).done;
  },
  honoursPackageList: ({ provider: { kind } }, provider) =>
    kind === "gssapi"
      ? logsOnWithList(provider) && !succeeds(() => offersNtlm(provider, "ntlm"))
      : !offersNtlm(provider, "kerberos"),
  async readsPackedIdentity({ provider: { kind }, packages: [name = ""] }, provider) {
    if (kind !== "gssapi" && !(await fateOf("readsPackedIdentity", provider)).done) return false;
    const packedCredentials = { type: "password", password: "userpw" } as const;
    const identity = { user: "alice", domain: name === "NTLM" ? "" : "EXAMPLE.TEST", packedCredentials };
    return succeeds(() => loggedOn({ package: name, provider, outbound: { identity } }));
  },
  readsSchCredentials: (_, provider) => {
    expect(latestProtocol(provider, 4)).toBe("TLS 1.1");
    return latestProtocol(provider, 5) === "TLS 1.1";
  },
  samFile: (_, provider) =>
    (["none", "attribute", "identity"] as const).find((way) => logsOnWith(provider, way)) ?? "nowhere",
  namesTicketCache: ({ provider }) => {
    const identity = { ...alice, password: "wrong" };
    const options = { package: "Kerberos", use: "outbound", provider, identity } as const;
    return !succeeds(() => {
      using credential = Credential.acquireSync(options);
      using client = new ClientContext(credential, { target: "HTTP/localhost" });
      client.stepSync();
    });
  },
  takesLongPasswords: ({ packages: [name = ""] }, provider) => {
    // The NT hash of alice's password, and as many characters as mark a password as a hash.
    const password = `2e24f97bff26b2458887a9b16a3c2c39${"x".repeat(512)}`;
    const { identity } = userOf(name === "NTLM" ? name : "Kerberos", "bob");
    const outbound = { identity: { ...(identity as typeof alice), user: "alice", password } };
    return !succeeds(() => loggedOn({ package: name, provider, outbound }));
  },
  enforcesPrincipal: (_, provider) =>
    !succeeds(() => loggedOn({ package: "Kerberos", provider, inbound: { principal: "host/localhost" } })),
  setsKdcProxy: async (_, provider) => (await fateOf("setsKdcProxy", provider)).survived,
  kerberosStores: ({ provider }) => isBobs(taken(provider, { kerberosStores: true })),
} as const satisfies Readonly<Record<string, Observe>>;
