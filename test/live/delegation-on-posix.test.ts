import { describe, expect, it } from "vitest";
import { ClientContext, Credential, live, ServerContext } from "../../src/index.ts";
import { everything, freshTickets, Kerberos } from "./kerberos.ts";
import { gssapi } from "./kerberos-providers.ts";

const { provider } = gssapi();

describe.each(["Kerberos", "Negotiate"] as const)("delegation over GSSAPI, by %s", (name) => {
  freshTickets("forwardable");

  async function delegating(): Promise<Kerberos> {
    const sides = new Kerberos(provider, { package: name, request: [...everything, "delegate"] });
    await sides.handshake();
    return sides;
  }

  it("gives the server a credential that is alice to another service, also after its context is closed", async () => {
    const sides = await delegating();
    expect(sides.server.hasFlag("delegate")).toBe(true);
    using delegated = sides.server.delegated();
    sides[Symbol.dispose]();
    expect(delegated).toMatchObject({ package: name, use: "outbound" });
    expect(delegated.expiry?.getTime()).toBeGreaterThan(Date.now());
    process.env["KRB5CCNAME"] = "FILE:/nowhere/ccache";
    using inbound = await Credential.acquire({ package: name, use: "inbound", provider });
    using client = new ClientContext(delegated, { target: "ldap/localhost", request: everything });
    using server = new ServerContext(inbound);
    for (let leg = await client.step(); leg.token; ) {
      const answer = await server.step(leg.token);
      if (!answer.token) break;
      leg = await client.step(answer.token);
    }
    expect(server.peer().name).toBe("alice@EXAMPLE.TEST");
    expect(client.peer().account).toBe("ldap/localhost");
  });

  it("gives another credential each time, which the caller owns", async () => {
    using sides = await delegating();
    const before = live().credentials;
    const [first, second] = [sides.server.delegated(), sides.server.delegated()];
    expect(live().credentials).toBe(before + 2);
    first.close();
    expect(second.query("names")).toEqual({ sUserName: "alice@EXAMPLE.TEST" });
    second.close();
    expect(live().credentials).toBe(before);
  });

  it("gives nothing where the client did not ask for it, as a typed error", async () => {
    using sides = new Kerberos(provider, { package: name });
    expect(() => sides.server.delegated()).toThrow("there is no context before the first step");
    await sides.handshake();
    expect(() => sides.server.delegated()).toThrow(expect.objectContaining({ code: "SEC_E_NO_CREDENTIALS" }));
  });
});

describe.each(["Kerberos", "Negotiate"] as const)("delegation of a ticket that is not forwardable, by %s", (name) => {
  freshTickets("alice");

  it("is not granted, and gives nothing", async () => {
    using sides = new Kerberos(provider, { package: name, request: [...everything, "delegate"] });
    await sides.handshake();
    expect([sides.client.hasFlag("delegate"), sides.server.hasFlag("delegate")]).toEqual([false, false]);
    expect(() => sides.server.delegated()).toThrow(expect.objectContaining({ code: "SEC_E_NO_CREDENTIALS" }));
  });

  it("B14 a client that requires it fails, although the library goes on without it", async () => {
    using sides = new Kerberos(provider, { package: name, require: ["delegate"] });
    const [leg] = await Promise.allSettled([sides.handshake()]);
    expect(leg).toMatchObject({ status: "rejected", reason: { name: "RequirementError" } });
    expect([sides.client.complete, sides.server.hasFlag("delegate")]).toEqual([false, false]);
  });

  it("leaves a server's peer without groups: MIT's tickets have no signed groups", async () => {
    using sides = new Kerberos(provider, { package: name });
    await sides.handshake();
    const peer = sides.server.peer();
    await expect(peer.groups()).rejects.toMatchObject({ code: "SSPI_PEER_GROUPS" });
    expect(() => sides.server.peer({ form: "windows" })).toThrow("no domain controller has signed its Windows name");
    expect(() => sides.server.peer({ form: "short" as never })).toThrow("form");
  });
});
