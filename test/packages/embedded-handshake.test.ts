import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { ClientContext, Credential, DisposedError, live, packages } from "../../src/index.ts";
import { KeyStore } from "../../src/packages/embedded/key-store.ts";
import { embeddedHost, embeddedPackage } from "../../src/packages.ts";
import { nothingLive } from "../nothing-live.ts";
import { expectUnderstanding } from "./hosted.ts";
import { aliceKey, pskHost, shake, shaken, sides } from "./psk.ts";

const error = (code: string) => expect.objectContaining({ code });
const bound = (text: string) => ({ channelBindings: { applicationData: Buffer.from(text) } });

describe("the embedded package", () => {
  it("is acquired only by its own name, never as Negotiate, NTLM or Kerberos", () => {
    const { provider, negotiable } = pskHost();
    expect(packages(provider)).toMatchObject([{ name: embeddedPackage, comment: expect.stringContaining("own") }]);
    expect(negotiable).toEqual([]);
    for (const name of ["Negotiate", "NTLM", "Kerberos"])
      expect(() => Credential.acquireSync({ package: name, use: "inbound", provider })).toThrow(
        error("SEC_E_SECPKG_NOT_FOUND"),
      );
  });

  it("authenticates both sides when two hosts share a key", () => {
    const serverHost = pskHost({ keys: { alice: aliceKey, bob: randomBytes(16) } });
    using pair = shaken({ clientHost: pskHost(), serverHost, service: "app/house" });
    expectUnderstanding(pair.client, pair.server);
    const flags = ["mutualAuth", "replayDetect", "sequenceDetect", "confidentiality", "integrity"];
    expect([...(pair.client.flags as string[])].sort()).toEqual([...flags].sort());
    expect(pair.server.query("names")).toEqual({ sUserName: "alice" });
    expect(pair.client.query("nativeNames")).toEqual({ sClientName: "alice", sServerName: "house" });
    expect(pair.server.query("clientSpecifiedTarget")).toEqual({ sTargetName: "app/house" });
    expect(pair.client.query("keyInfo")).toMatchObject({ sEncryptAlgorithmName: "AES-256-GCM", KeySize: 256 });
  });

  it("makes different tokens and messages every time", () => {
    const clientHost = pskHost();
    const seen = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      using pair = sides({ clientHost });
      shake(pair, (token) => {
        seen.add(token.toString("hex"));
        return token;
      });
      seen.add(pair.client.encrypt(Buffer.from("the same")).toString("hex"));
    }
    expect(seen.size).toBe(12);
  });

  it("makes the client refuse a server that has another key or does not know the user", () => {
    for (const keys of [{ alice: randomBytes(32) }, {}, { Alice: aliceKey }]) {
      const serverHost = pskHost({ keys });
      expect(() => shaken({ clientHost: pskHost(), serverHost })).toThrow(error("SEC_E_LOGON_DENIED"));
    }
  });

  it("makes the server refuse a client with another key, even with a genuine proof for another challenge", () => {
    const [clientHost, serverHost] = [pskHost({ keys: { alice: randomBytes(32) } }), pskHost()];
    using genuine = sides({ clientHost: serverHost });
    using pair = sides({ clientHost, serverHost });
    const greeting = pair.client.stepSync().token as Buffer;
    pair.server.stepSync(greeting);
    const challenge = genuine.server.stepSync(genuine.client.stepSync().token as Buffer).token as Buffer;
    const proof = genuine.client.stepSync(challenge).token as Buffer;
    expect(() => pair.server.stepSync(proof)).toThrow(error("SEC_E_LOGON_DENIED"));
  });

  it("accepts only users whose keys it has, and no password instead of a key", () => {
    const { provider } = pskHost();
    const acquire = (who: object) =>
      Credential.acquireSync({ package: embeddedPackage, use: "outbound", provider, ...who }).close();
    expect(() => acquire({})).toThrow(error("SEC_E_NO_CREDENTIALS"));
    expect(() => acquire({ principal: "mallory" })).toThrow(error("SEC_E_UNKNOWN_CREDENTIALS"));
    expect(() => acquire({ principal: "__proto__" })).toThrow(error("SEC_E_UNKNOWN_CREDENTIALS"));
    expect(() => acquire({ identity: { user: "alice", password: "x" } })).toThrow(error("SEC_E_UNKNOWN_CREDENTIALS"));
    acquire({ identity: { user: "alice", password: "" } });
  });

  it("refuses a client whose target is another service", () => {
    const clientHost = pskHost();
    expect(() => shaken({ clientHost, service: "app/elsewhere" })).toThrow(error("SEC_E_WRONG_PRINCIPAL"));
  });
});

describe("the embedded package's tokens", () => {
  it("are refused as invalid when shortened, extended or empty", () => {
    const clientHost = pskHost();
    for (let leg = 0; leg < 3; leg += 1)
      for (const change of [
        (token: Buffer) => token.subarray(0, -1),
        (token: Buffer) => token.subarray(0, 5),
        (token: Buffer) => Buffer.concat([token, Buffer.of(0)]),
        () => Buffer.of(0),
      ]) {
        using pair = sides({ clientHost });
        expect(() => shake(pair, (token, which) => (which === leg ? change(token) : token))).toThrow(
          error("SEC_E_INVALID_TOKEN"),
        );
      }
  });

  it("are refused when sent back to their sender", () => {
    const clientHost = pskHost();
    using greeted = sides({ clientHost });
    const greeting = greeted.client.stepSync().token as Buffer;
    expect(() => greeted.client.stepSync(greeting)).toThrow(error("SEC_E_INVALID_TOKEN"));
    using challenged = sides({ clientHost });
    const challenge = challenged.server.stepSync(challenged.client.stepSync().token as Buffer).token as Buffer;
    expect(() => challenged.server.stepSync(challenge)).toThrow(error("SEC_E_INVALID_TOKEN"));
  });

  it("are refused when they come from another exchange", () => {
    const clientHost = pskHost();
    const recorded: Buffer[] = [];
    using first = sides({ clientHost });
    shake(first, (token, leg) => {
      recorded[leg] = Buffer.from(token);
      return token;
    });
    using replayed = sides({ clientHost });
    replayed.server.stepSync(recorded[0] as Buffer);
    expect(() => replayed.server.stepSync(recorded[2] as Buffer)).toThrow(error("SEC_E_LOGON_DENIED"));
    replayed.client.stepSync();
    expect(() => replayed.client.stepSync(recorded[1] as Buffer)).toThrow(error("SEC_E_LOGON_DENIED"));
  });

  it("are bound to the channel: other or missing bindings are refused", () => {
    const clientHost = pskHost();
    const [one, other] = [bound("tls-exporter:one"), bound("tls-exporter:other")];
    using pair = shaken({ clientHost, client: one, server: one });
    expectUnderstanding(pair.client, pair.server);
    const refused = error("SEC_E_BAD_BINDINGS");
    expect(() => shaken({ clientHost, client: one, server: other })).toThrow(refused);
    expect(() => shaken({ clientHost, client: one })).toThrow(refused);
    expect(() => shaken({ clientHost, server: one })).toThrow(refused);
    const lenient = { ...one, request: ["allowMissingBindings"] } as const;
    expect(() => shaken({ clientHost, client: other, server: lenient })).toThrow(refused);
    using _missing = shaken({ clientHost, server: lenient });
  });
});

describe("an embedded host", () => {
  it.each([
    [undefined, "options: expected { keys, server, lifetime, … }, got undefined"],
    [{}, "keys: expected { user: key, … }, got undefined"],
    [{ keys: { alice: "secret" } }, "keys, entry 1: expected a Uint8Array or Buffer, got a string of 6 characters"],
    [{ keys: { alice: Buffer.from("secret") } }, "keys, entry 1: expected at least 16 bytes, got 6"],
    [{ keys: { "": aliceKey } }, "keys, entry 1: the user's name: expected"],
    [{ keys: {}, server: "" }, "server: expected"],
    [{ keys: {}, lifetime: 0 }, "lifetime: expected seconds, got 0"],
    [{ keys: {}, lifetime: 1.5 }, "lifetime: expected an integer"],
  ])("refuses %o with a message that names the option", (options, message) => {
    expect(() => embeddedHost(options as never)).toThrow(message);
  });

  it("copies the keys when it is created, and never shows them in inspect or errors", () => {
    const key = Buffer.from("0123456789abcdef0123456789abcdef");
    const secret = key.toString();
    const [clientHost, serverHost] = [pskHost({ keys: { alice: key } }), pskHost({ keys: { alice: key } })];
    key.fill(0);
    using pair = shaken({ clientHost, serverHost });
    for (const thing of [clientHost, clientHost.provider, pair.client, clientHost.packages, clientHost.diagnostics()])
      expect(inspect(thing, { depth: 9, showHidden: true })).not.toContain(secret);
    expect(inspect(clientHost)).toBe("EmbeddedHost { SspiFfiPsk }");
    expect(() => embeddedHost({ keys: { alice: "not a key: secret" as never } })).not.toThrow(/secret/);
  });

  it("zeroes its copy of the keys in wipe()", () => {
    const store = new KeyStore({ alice: aliceKey });
    const copy = store.find("alice");
    expect(copy).toEqual(new Uint8Array(aliceKey));
    store.wipe();
    expect(copy).toEqual(new Uint8Array(32));
    expect(store.has("alice")).toBe(false);
  });

  it("can be closed twice, and then refuses to acquire credentials", () => {
    const host = pskHost();
    host.close();
    host.close();
    expect(() => Credential.acquireSync({ package: embeddedPackage, use: "inbound", provider: host.provider })).toThrow(
      DisposedError,
    );
  });

  it("leaves nothing alive after fifty successful and fifty failed handshakes", () => {
    const [clientHost, stranger] = [pskHost(), pskHost({ keys: { alice: randomBytes(32) } })];
    for (let round = 0; round < 50; round += 1) {
      using pair = shaken({ clientHost });
      pair.server.decrypt(pair.client.encrypt(Buffer.from("x")));
      expect(() => shaken({ clientHost, serverHost: stranger })).toThrow(error("SEC_E_LOGON_DENIED"));
    }
    expect(live()).toEqual(nothingLive);
  });

  it("supports step() off the event loop too", async () => {
    const { provider } = pskHost();
    using alice = Credential.acquireSync({ package: embeddedPackage, use: "both", principal: "alice", provider });
    using client = new ClientContext(alice, { require: ["mutualAuth", "confidentiality"] });
    expect(await client.step()).toMatchObject({ status: "continue" });
  });

  it("refuses an exchange that takes longer than the session's lifetime", () => {
    const clientHost = pskHost({ lifetime: 60 });
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      using pair = sides({ clientHost });
      const late = (token: Buffer, leg: number) => {
        if (leg === 2) vi.setSystemTime(Date.now() + 61_000);
        return token;
      };
      expect(() => shake(pair, late)).toThrow(error("SEC_E_CONTEXT_EXPIRED"));
    } finally {
      vi.useRealTimers();
    }
  });
});
