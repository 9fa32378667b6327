import { describe, expect, it } from "vitest";
import { readStore } from "../../src/gssapi/credential-store.ts";
import { Credential, type CredentialOptions, type KerberosOptions } from "../../src/index.ts";
import { type ScriptedSspi, scripted } from "../scripted/scripted.ts";

/** A provider that reads the store at `pvGetKeyArgument` during the call, as the system's GSSAPI does. */
function reading(stores: unknown[] = [], kerberosStores = true): ScriptedSspi {
  return scripted({
    traits: { kerberosStores },
    acquire: ({ unused }) => {
      stores.push(readStore(unused[2] ?? 0));
      return 0;
    },
  });
}

const all: Readonly<Record<keyof KerberosOptions, string>> = {
  ccache: "FILE:/run/ccache",
  keytab: "FILE:/etc/service.keytab",
  clientKeytab: "FILE:/etc/client.keytab",
  replayCache: "none:",
};

function acquire(sspi: ScriptedSspi, options: Partial<CredentialOptions>): void {
  Credential.acquireSync({ package: "Scripted", use: "both", provider: sspi.provider, ...options }).close();
}

describe("where Kerberos keeps its keys and tickets", () => {
  it("reaches GSSAPI under MIT's names, what is undefined left out, on and off the event loop", async () => {
    const stores: unknown[] = [];
    const sspi = reading(stores);
    acquire(sspi, { kerberos: all });
    acquire(sspi, { kerberos: { ...all, keytab: undefined, ccache: undefined } as never });
    acquire(sspi, { kerberos: {} });
    acquire(sspi, {});
    const options = { package: "Scripted", use: "both", provider: sspi.provider } as const;
    (await Credential.acquire({ ...options, kerberos: { keytab: all.keytab } })).close();
    const client = { client_keytab: all.clientKeytab, rcache: all.replayCache };
    expect(stores).toEqual([
      { ccache: all.ccache, keytab: all.keytab, ...client },
      client,
      {},
      {},
      { keytab: all.keytab },
    ]);
  });

  it.each([
    ["ccache", "outbound", "inbound"],
    ["keytab", "inbound", "outbound"],
    ["clientKeytab", "outbound", "inbound"],
    ["replayCache", "inbound", "outbound"],
  ] as const)("is taken as %s by a credential for %s, and refused by one for %s", (name, right, wrong) => {
    const stores: unknown[] = [];
    const sspi = reading(stores);
    const kerberos = { [name]: all[name] };
    acquire(sspi, { kerberos, use: right });
    expect(() => acquire(sspi, { kerberos, use: wrong })).toThrow(
      new RangeError(`kerberos.${name}: expected use "${right}" or "both", got "${wrong}"`),
    );
    expect(stores).toHaveLength(1);
  });

  it("cannot be a client's beside an identity, which has tickets of its own; a server's keys can", () => {
    const identity = { user: "alice", password: "geheim" };
    const stores: unknown[] = [];
    const sspi = reading(stores);
    for (const name of ["ccache", "clientKeytab"] as const)
      expect(() => acquire(sspi, { identity, kerberos: { [name]: all[name] } })).toThrow(
        new RangeError(`kerberos.${name}: an identity has tickets of its own`),
      );
    acquire(sspi, {
      identity,
      kerberos: { keytab: all.keytab, replayCache: all.replayCache, ccache: undefined } as never,
    });
    expect(stores).toEqual([{ keytab: all.keytab, rcache: all.replayCache }]);
  });

  it.each([
    [{ ccache: "" }, /^kerberos\.ccache: expected a name, got an empty string/],
    [{ keytab: 5 }, /^kerberos\.keytab: expected a string, got a number/],
    [{ replayCache: "a\0b" }, /^kerberos\.replayCache: expected a string without NUL/],
    [{ keyTab: "x" }, /^kerberos\.keyTab: /],
  ])("is refused before native code as %j", (kerberos, message) => {
    const stores: unknown[] = [];
    expect(() => acquire(reading(stores), { kerberos: kerberos as never })).toThrow(message);
    expect(stores).toEqual([]);
  });

  it("is refused by a provider that reads no such options, even if none is set", () => {
    expect(() => acquire(reading([], false), { kerberos: {} })).toThrow(
      /^kerberos: only the system's GSSAPI \(MIT's\) reads these options, not scripted$/,
    );
  });
});
