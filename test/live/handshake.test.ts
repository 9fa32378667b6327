import { describe, expect, it } from "vitest";
import { ClientContext, Credential, live, ServerContext, SspiError } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { Ntlm, openedInPlace, tokenOf } from "./ntlm.ts";
import { alice, ntlmFacts, providers } from "./providers.ts";

describe.each(providers.map((provider) => ({ provider, label: provider.label })))("NTLM on $label", ({ provider }) => {
  needsForNtlm(provider);
  const { server: settings, refusesMessages, concurrent } = ntlmFacts(provider);

  /** The two sides share one key, or refuse each other's messages as this provider does. */
  function expectOneKey({ client, server }: Ntlm): void {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      if (refusesMessages) expect(() => openedInPlace(from, to, "a message")).toThrow(refusesMessages);
      else expect(openedInPlace(from, to, "a message")).toBe("a message");
    }
  }

  it("ISC-08 ASC-08 authenticates alice in two legs of each side, off the event loop", async () => {
    using ntlm = new Ntlm(provider);
    const legs = await ntlm.handshake();
    expect(legs.map((leg) => leg.status)).toEqual(["continue", "continue", "complete", "complete"]);
    expect([ntlm.client.complete, ntlm.server.complete]).toEqual([true, true]);
    expectOneKey(ntlm);
  });

  it("ISC-08 ASC-08 authenticates alice on the event loop", () => {
    using ntlm = new Ntlm(provider);
    const legs = ntlm.handshakeSync();
    expect(legs.map((leg) => leg.status)).toEqual(["continue", "continue", "complete", "complete"]);
    expect([ntlm.client.complete, ntlm.server.complete]).toEqual([true, true]);
  });

  it("ISC-07 ends with a token that the server still needs although the client is complete", () => {
    using ntlm = new Ntlm(provider);
    const challenge = tokenOf(ntlm.server.stepSync(tokenOf(ntlm.client.stepSync()) as Buffer));
    const last = ntlm.client.stepSync(challenge);
    expect([last.status, ntlm.client.complete, ntlm.server.complete]).toEqual(["complete", true, false]);
    expect(ntlm.server.stepSync(tokenOf(last) as Buffer).status).toBe("complete");
  });

  it("ASC-14 C9 rejects a wrong password with a typed error that says so, and leaves nothing alive", async () => {
    const wrong = { identity: { ...alice, password: "wrong" } };
    for (const sync of [true, false]) {
      using ntlm = new Ntlm(provider, wrong);
      const failure = await (sync ? Promise.resolve().then(() => ntlm.handshakeSync()) : ntlm.handshake()).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(SspiError);
      expect((failure as SspiError).message).toMatch(
        /: SEC_E_LOGON_DENIED |: SEC_E_MESSAGE_ALTERED .*, or the client used a wrong password$/,
      );
      expect(ntlm.server.complete).toBe(false);
      expect(() => ntlm.server.encrypt(Buffer.from("secret"))).toThrow("failed");
      expect(live().contexts).toBe(1);
    }
    expect(live()).toMatchObject({ contexts: 0, credentials: 0 });
  });

  it("ASC-14 rejects a user that the server does not know", () => {
    using ntlm = new Ntlm(provider, { identity: { ...alice, user: "mallory" } });
    expect(() => ntlm.handshakeSync()).toThrow(SspiError);
    expect(ntlm.server.complete).toBe(false);
  });

  it("keeps two interleaved exchanges apart", () => {
    using one = new Ntlm(provider);
    using two = new Ntlm(provider);
    const negotiate = [one, two].map(({ client }) => tokenOf(client.stepSync()) as Buffer);
    const challenge = [one, two].map(({ server }, index) => tokenOf(server.stepSync(negotiate[index] as Buffer)));
    const authenticate = [two, one].map(
      ({ client }, index) => tokenOf(client.stepSync(challenge[1 - index])) as Buffer,
    );
    expect([
      one.server.stepSync(authenticate[1] as Buffer).status,
      two.server.stepSync(authenticate[0] as Buffer).status,
    ]).toEqual(["complete", "complete"]);
    expectOneKey(two);
    expectOneKey(one);
    expect(() => openedInPlace(two.client, one.server, "of another exchange")).toThrow("SEC_E_MESSAGE_ALTERED");
  });

  it("authenticates many off the event loop, at a time where the provider can, each its own", async () => {
    const all = Array.from({ length: 24 }, () => new Ntlm(provider));
    try {
      if (concurrent) await Promise.all(all.map((ntlm) => ntlm.handshake()));
      else for (const ntlm of all) await ntlm.handshake();
      for (const ntlm of all) expectOneKey(ntlm);
    } finally {
      for (const ntlm of all) ntlm[Symbol.dispose]();
    }
  });

  it("serves many clients one after the other with one credential of the server", () => {
    using outbound = Credential.acquireSync({ package: "NTLM", use: "outbound", identity: alice, provider });
    using inbound = Credential.acquireSync({ package: "NTLM", use: "inbound", ...settings, provider });
    for (let count = 0; count < 10; count += 1) {
      using client = new ClientContext(outbound);
      using server = new ServerContext(inbound);
      const challenge = tokenOf(server.stepSync(tokenOf(client.stepSync()) as Buffer));
      expect(server.stepSync(tokenOf(client.stepSync(challenge)) as Buffer).status).toBe("complete");
    }
  });

  it("does not expire, as far as the provider says, and says nothing before it is complete", () => {
    using ntlm = new Ntlm(provider);
    expect(ntlm.client.expiry).toBeUndefined();
    ntlm.handshakeSync();
    const { expiry } = ntlm.client;
    expect(expiry === undefined || expiry.getTime() > Date.now()).toBe(true);
  });
});
