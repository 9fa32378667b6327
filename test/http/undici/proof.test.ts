import { request } from "undici";
import { describe, expect, it } from "vitest";
import { serverEndPoint } from "../../../src/index.ts";
import { ed25519Certificate } from "../../fixtures/ed25519-certificate.ts";
import { localhostCertificate, localhostPassword, localhostPfx } from "../../fixtures/localhost-certificate.ts";
import { askingServer } from "../client/asking-server.ts";
import { clientProvider } from "../client/client-package.ts";
import { connectProxy } from "../client/connect-proxy.ts";
import { dispatching } from "./dispatching.ts";

const tls = { pfx: localhostPfx, passphrase: localhostPassword };
const trusted = { ca: localhostCertificate };

describe("a server that lets the client in", () => {
  it.each([
    ["without its last token", () => undefined],
    ["with a wrong one", () => "welcome mallory"],
  ])("S7 %s is refused before the caller sees anything of its response", async (_, lastToken) => {
    await using server = await askingServer({ lastToken });
    await using client = dispatching("alice", { origins: [server.origin] });
    await expect(client.get(server.origin)).rejects.toMatchObject({ cause: { reason: "server-not-proven" } });
  });

  it("S7 without its last token is accepted where `mutual` is off", async () => {
    await using server = await askingServer({ lastToken: () => undefined });
    await using client = dispatching("alice", { origins: [server.origin], mutual: "off" });
    expect(await (await client.get(server.origin)).text()).toBe("hello alice: 0");
  });
});

describe("a server that refuses the client", () => {
  it("S15 loses the connection: the next request's handshake begins on another one", async () => {
    await using server = await askingServer();
    await using client = dispatching("!alice", { origins: [server.origin], connections: 1 });
    for (const _ of [1, 2]) {
      const response = await client.get(server.origin);
      expect([response.status, await response.text()]).toEqual([401, "who are you?"]);
    }
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1, 2, 2]);
  });
});

describe("a user without credentials", () => {
  it.each(["a server", "a proxy"])(
    "gets an error where %s asks, with the reason that the package gave",
    async (who) => {
      await using server = await askingServer({ tls });
      await using proxy = await connectProxy();
      using host = clientProvider();
      const access = { url: proxy.url, identity: { user: "nobody", password: "" }, provider: host.provider };
      await using client = dispatching("nobody", {
        origins: [server.origin],
        ...(who === "a proxy" ? { proxy: access } : {}),
        tls: trusted,
      });
      await expect(client.get(server.origin)).rejects.toMatchObject({
        cause: { reason: "no-token", cause: { code: "SEC_E_NO_CREDENTIALS" } },
      });
      await client.dispatcher.destroy();
    },
  );
});

describe("channel bindings of a client on TLS", () => {
  const { applicationData } = serverEndPoint(rawOf(localhostCertificate));
  const bound = Buffer.from(applicationData).toString("hex");

  it("S12 are sent with every handshake of a connection, and on every connection", async () => {
    await using server = await askingServer({ tls, perRequest: true });
    await using client = dispatching("alice", { origins: [server.origin], connections: 1, tls: trusted });
    for (const close of [false, false, true, false]) {
      const headers = close ? { "x-close": "1" } : {};
      expect((await (await client.get(server.origin, { headers })).text()).slice(0, 11)).toBe("hello alice");
    }
    const tokens = server.seen.flatMap(({ authorization }) => authorization ?? []);
    expect(tokens).toEqual([1, 2, 3, 4].map(() => `Negotiate ticket alice HTTP/localhost ${bound} -`));
  });

  it("S12 fail the request where they cannot be computed, and are not left out", async () => {
    await using server = await askingServer({ tls: ed25519Certificate });
    const insecure = { rejectUnauthorized: false };
    await using client = dispatching("alice", { origins: [server.origin], tls: insecure });
    await expect(client.get(server.origin)).rejects.toMatchObject({ cause: { reason: "unbound-connection" } });
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("S12 fail the request where the provider would drop them, and are not left out", async () => {
    await using server = await askingServer({ tls });
    using host = clientProvider();
    const traits = { ...host.provider.traits, sendsBindings: [] };
    const provider = Object.create(host.provider, { traits: { value: traits } });
    await using client = dispatching("alice", { origins: [server.origin], provider, tls: trusted });
    await expect(client.get(server.origin)).rejects.toMatchObject({
      cause: { reason: "unbound-connection", message: expect.stringContaining("does not send them") },
    });
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
    await client.dispatcher.destroy();
  });

  it("S12 that are required keep a client from authenticating without TLS", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin], bindings: "required" });
    await expect(client.get(server.origin)).rejects.toMatchObject({ cause: { reason: "unbound-connection" } });
  });

  it("S12 are left out only where they are off", async () => {
    await using server = await askingServer({ tls });
    await using client = dispatching("alice", { origins: [server.origin], bindings: "off", tls: trusted });
    await (await client.get(server.origin)).text();
    expect(server.seen.at(-1)?.authorization).toBe("Negotiate ticket alice HTTP/localhost - -");
  });
});

describe("a certificate", () => {
  it("S9 has to be of the URL's host, whatever the Host header says", async () => {
    await using server = await askingServer({ tls });
    const origin = server.origin.replace("localhost", "127.0.0.1");
    await using client = dispatching("alice", { origins: [origin], tls: trusted });
    // This request does not use fetch, which does not send a caller's Host header.
    const answer = request(origin, { dispatcher: client.dispatcher, headers: { host: "localhost" } });
    await expect(answer).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    expect(server.seen).toEqual([]);
  });
});

function rawOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
}
