import { expect, inject, it } from "vitest";
import { Credential, live } from "../../src/index.ts";
import { everything, freshTickets, Kerberos, type KerberosOptions } from "./kerberos.ts";
import type { KerberosProvider } from "./kerberos-providers.ts";

const bob = { user: "bob", domain: "EXAMPLE.TEST", password: "bobpw" } as const;

/** The behaviour of Kerberos on any provider. */
export function kerberosSuite({
  provider,
  clientFlags,
  dceStyle,
  onePiece,
  refusals,
  negotiates,
  agrees,
  names,
}: KerberosProvider): void {
  freshTickets();

  async function established(options?: KerberosOptions): Promise<Kerberos> {
    const kerberos = new Kerberos(provider, options);
    try {
      await kerberos.handshake();
      return kerberos;
    } catch (error) {
      kerberos[Symbol.dispose]();
      throw error;
    }
  }

  it("authenticates the process's user and the server to each other", async () => {
    using kerberos = new Kerberos(provider);
    expect(await kerberos.handshake()).toEqual(["continue", "complete", "complete"]);
    expect([kerberos.client.complete, kerberos.server.complete]).toEqual([true, true]);
    expect(kerberos.server.flags).toEqual(expect.arrayContaining([...everything]));
    if (clientFlags) expect(kerberos.client.flags).toEqual(expect.arrayContaining([...everything]));
    else expect(kerberos.client.flags).toBe("unknown");
  });

  it("insists on what the client requires, where the provider says what it granted", async () => {
    using kerberos = new Kerberos(provider, { require: ["mutualAuth", "confidentiality"] });
    if (clientFlags) expect((await kerberos.handshake()).at(-1)).toBe("complete");
    else await expect(kerberos.handshake()).rejects.toMatchObject({ unknown: ["mutualAuth", "confidentiality"] });
    expect(kerberos.client.complete).toBe(clientFlags);
  });

  it("needs one leg of each side only where mutual authentication is not requested", async () => {
    using kerberos = new Kerberos(provider, { request: ["confidentiality"] });
    expect(await kerberos.handshake()).toEqual(["complete", "complete"]);
    expect(kerberos.server.hasFlag("mutualAuth")).toBe(false);
  });

  it("authenticates another user with a password", async () => {
    using kerberos = new Kerberos(provider, { identity: bob });
    expect(await kerberos.handshake()).toEqual(["continue", "complete", "complete"]);
  });

  it("refuses a wrong password", () => {
    const identity = { ...bob, password: "wrong" };
    expect(() => Credential.acquireSync({ package: "Kerberos", use: "outbound", identity, provider })).toThrow(
      expect.objectContaining({ name: "SspiError", code: refusals.password }),
    );
    expect(live().credentials).toBe(0);
  });

  it("refuses a service that the realm does not know", async () => {
    using kerberos = new Kerberos(provider, { target: "HTTP/nowhere.example" });
    await expect(kerberos.handshake()).rejects.toMatchObject({
      code: refusals.service,
      operation: "InitializeSecurityContextW",
    });
  });

  it("is what Negotiate agrees on, where the provider has Negotiate", async () => {
    if (!negotiates) {
      const acquire = (): unknown => Credential.acquireSync({ package: "Negotiate", use: "outbound", provider });
      expect(acquire).toThrow("SEC_E_SECPKG_NOT_FOUND");
      return;
    }
    if (!agrees) {
      await expect(established({ package: "Negotiate" })).rejects.toThrow("AcceptSecurityContext: SEC_E_INVALID_TOKEN");
      return;
    }
    using kerberos = await established({ package: "Negotiate" });
    expect([kerberos.client.complete, kerberos.server.complete]).toEqual([true, true]);
    expect(kerberos.server.hasFlag("mutualAuth")).toBe(true);
  });

  it("takes a third leg in DCE style, or goes on without and says so", async () => {
    using kerberos = new Kerberos(provider, { request: [...everything, "useDceStyle"] });
    const states = await kerberos.handshake();
    expect(states).toEqual([...(dceStyle ? ["continue", "continue"] : ["continue"]), "complete", "complete"]);
    expect(kerberos.server.hasFlag("usedDceStyle")).toBe(dceStyle);
  });

  it.each([false, true])("seals messages in place, both ways, in their order; DCE style: %s", async (dce) => {
    using kerberos = await established({ request: dce ? [...everything, "useDceStyle"] : everything });
    const { client, server } = kerberos;
    for (const [index, text] of ["one", "two ".repeat(1_000), "three"].entries()) {
      const [from, to] = index === 1 ? [server, client] : [client, server];
      // Wine announces less than it needs, so the buffer is larger.
      const token = Buffer.alloc(from.query("sizes").cbSecurityTrailer + 32);
      const data = Buffer.from(text);
      const used = from.encryptInPlace(token, data);
      expect(used).toBeLessThan(token.length);
      expect(data.toString()).not.toBe(text);
      expect(to.decryptInPlace(token.subarray(0, used), data)).toBe(text.length);
      expect(data.toString()).toBe(text);
    }
  });

  it("opens no message that was changed", async () => {
    using kerberos = await established({ request: [...everything, "useDceStyle"] });
    const token = Buffer.alloc(128);
    const data = Buffer.from("a message");
    const used = kerberos.client.encryptInPlace(token, data);
    data[0] = (data[0] as number) ^ 1;
    expect(() => kerberos.server.decryptInPlace(token.subarray(0, used), data)).toThrow(
      expect.objectContaining({ operation: "DecryptMessage", code: refusals.altered }),
    );
  });

  it("seals messages in one piece, where its tokens have the size that it announces", async () => {
    using kerberos = await established();
    const { client, server } = kerberos;
    if (!onePiece) {
      expect(() => client.encrypt(Buffer.from("to the server"))).toThrow("SEC_E_BUFFER_TOO_SMALL");
      expect(() => server.decrypt(Buffer.alloc(100))).toThrow("SEC_E_INVALID_TOKEN");
      return;
    }
    expect(server.decrypt(client.encrypt(Buffer.from("to the server"))).toString()).toBe("to the server");
    expect(client.decrypt(server.encrypt(Buffer.from("to the client"))).toString()).toBe("to the client");
  });

  it("signs messages, and verifies none that was changed", async () => {
    using kerberos = await established();
    const { client, server } = kerberos;
    const message = Buffer.from("not secret, but mine");
    expect(server.verify(message, client.sign(message))).toBeUndefined();
    expect(client.verify(message, server.sign(message))).toBeUndefined();
    expect(() => server.verify(Buffer.from("not secret, nor mine"), client.sign(message))).toThrow(
      expect.objectContaining({ name: "SspiError", operation: "VerifySignature" }),
    );
  });

  it("tells both sides whom it authenticated, where it knows names", async () => {
    using kerberos = await established();
    if (names) {
      expect(kerberos.server.query("names")).toEqual({ sUserName: "alice@EXAMPLE.TEST" });
      expect(kerberos.client.query("names")).toEqual({ sUserName: "alice@EXAMPLE.TEST" });
      return;
    }
    for (const context of [kerberos.client, kerberos.server])
      expect(() => context.query("names")).toThrow(expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION" }));
  });

  it("refuses a ticket for another service, whose key it does not have", async () => {
    using kerberos = new Kerberos(provider);
    const token = (await kerberos.client.step()).token as Buffer;
    token[token.length - 200] = (token[token.length - 200] as number) ^ 0xff;
    await expect(kerberos.server.step(token)).rejects.toThrow("SEC_E_");
    expect(kerberos.server.complete).toBe(false);
    expect(inject("lab").realm).toBe("EXAMPLE.TEST");
  });
}
