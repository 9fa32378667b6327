import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { SEC_E_LOGON_DENIED, SEC_E_OK } from "../../generated/status/constants.ts";
import { ClientContext, Credential, type Identity } from "../../src/index.ts";
import { copyOut } from "../../src/native/index.ts";
import { keepArenas } from "../memory/kept-arenas.ts";
import { type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import type { ScriptedIdentity } from "../scripted/scripted-identity.ts";
import type { Script } from "../scripted/scripted-script.ts";

const alice: Identity = { user: "alice", domain: "EXAMPLE", password: "hunter2-☂-geheim" };

const outcomes: readonly [string, Script["acquire"]][] = [
  ["succeeds", () => SEC_E_OK],
  ["fails", () => SEC_E_LOGON_DENIED],
  [
    "throws",
    () => {
      throw new Error("the package is broken");
    },
  ],
];

const seen: ScriptedIdentity[] = [];
afterEach(() => {
  seen.length = 0;
});

/** A package that records where it found the identity. */
function noting(acquire: Script["acquire"]): ScriptedSspi {
  return scripted({
    acquire: (call) => {
      seen.push(call.identity as ScriptedIdentity);
      return acquire?.(call) ?? SEC_E_OK;
    },
  });
}

/** All bytes that remain where the package found the identity. */
function remains(): readonly number[] {
  return seen
    .flatMap(({ places }) => places.flatMap(({ address, size }) => [...copyOut(address, size)]))
    .filter((byte) => byte !== 0);
}

describe("a password", () => {
  it.each(outcomes)(
    "E6 user, domain and password are zeroed in the library's memory after a call that %s",
    (_, acquire) => {
      keepArenas();
      const sspi = noting(acquire);
      try {
        Credential.acquireSync({
          package: "Scripted",
          use: "outbound",
          identity: alice,
          provider: sspi.provider,
        }).close();
      } catch {}
      expect(seen[0]?.password).toBe(alice.password);
      expect(remains()).toEqual([]);
    },
  );

  it.each(outcomes)(
    "E6 a password is zeroed after a call off the event loop that %s, and not before",
    async (_, acquire) => {
      keepArenas();
      const sspi = noting(acquire);
      const options = { package: "Scripted", use: "outbound", identity: alice, provider: sspi.provider } as const;
      await Credential.acquire(options).then(
        (credential) => credential.close(),
        () => {},
      );
      expect(seen[0]?.password).toBe(alice.password);
      expect(remains()).toEqual([]);
    },
  );

  it("is zeroed whatever characters it has", () => {
    keepArenas();
    const text = fc.string({ unit: "grapheme", maxLength: 200 }).filter((value) => !value.includes("\0"));
    fc.assert(
      fc.property(text, (password) => {
        seen.length = 0;
        const sspi = noting(() => SEC_E_OK);
        Credential.acquireSync({
          package: "Scripted",
          use: "outbound",
          identity: { ...alice, password },
          provider: sspi.provider,
        }).close();
        expect(seen[0]?.password).toBe(password);
        expect(remains()).toEqual([]);
      }),
    );
  });

  it.each(outcomes.slice(1))("E7 a password is in no error of a call that %s", (_, acquire) => {
    const sspi = noting(acquire);
    try {
      Credential.acquireSync({ package: "Scripted", use: "outbound", identity: alice, provider: sspi.provider });
    } catch (error) {
      expectNoSecret(error);
      return;
    }
    throw new Error("the call did not fail");
  });

  it("E7 a password is in no error about a wrong argument, not even about the password itself", () => {
    const { provider } = scripted();
    const wrong: readonly unknown[] = [
      { ...alice, password: `${alice.password}\0` },
      { ...alice, password: [alice.password] },
      { ...alice, password: { secret: alice.password } },
      { ...alice, password: Buffer.concat([Buffer.from(alice.password), Buffer.of(0xff)]) },
      { ...alice, password: new String(alice.password) },
      { ...alice, user: "\0" },
      { user: "alice", packedCredentials: { type: alice.password, data: Buffer.alloc(1) } },
    ];
    for (const identity of wrong)
      try {
        Credential.acquireSync({ package: "Scripted", use: "outbound", identity: identity as Identity, provider });
        throw new Error("the identity was taken");
      } catch (error) {
        expect((error as Error).message).toMatch(/^identity\./);
        expectNoSecret(error);
      }
  });

  it("E7 a password is in no object that was made with it, however the object is printed", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }] });
    using credential = Credential.acquireSync({
      package: "Scripted",
      use: "outbound",
      identity: alice,
      provider: sspi.provider,
    });
    using client = new ClientContext(credential);
    client.stepSync();
    expectNoSecret(credential);
    expectNoSecret(client);
  });
});

function expectNoSecret(value: unknown): void {
  const everything = { showHidden: true, depth: 12, maxStringLength: null, maxArrayLength: null } as const;
  const shown = [
    inspect(value),
    inspect(value, everything),
    inspect(value, { ...everything, customInspect: false }),
    JSON.stringify(value),
    String(value),
    value instanceof Error ? `${value.stack}${value.message}` : "",
  ];
  for (const text of shown) expect(text).not.toMatch(/hunter2|geheim|68 00 75 00 6e 00/);
}
