import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { ClientContext, type ClientContextOptions, Credential, type Leg } from "../../src/index.ts";
import { wine } from "./loopback.ts";
import { startTlsServer, type TlsServer } from "./tls-server.ts";

interface Connection extends Disposable {
  readonly client: ClientContext;
  readonly socket: Socket;
  /** The legs that requested a client certificate. */
  readonly wanted: readonly Leg[];
  /** The server's side. */
  readonly served: TLSSocket;
}

async function connected(server: TlsServer, options: ClientContextOptions = {}): Promise<Connection> {
  const socket = connect(server.port, "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  using credential = Credential.acquireSync({ package: "Schannel", use: "outbound" });
  const client = new ClientContext(credential, { target: "localhost", request: ["confidentiality"], ...options });
  const wanted: Leg[] = [];
  for (let leg = await client.step(); ; ) {
    if (leg.token && leg.token.length > 0) socket.write(leg.token);
    if (leg.status === "complete") break;
    if (leg.status === "incomplete-credentials") {
      wanted.push(leg);
      client.query("issuerList");
      leg = await client.step();
      continue;
    }
    leg = await client.step(leg.extra ?? ((await once(socket, "data")) as [Buffer])[0]);
  }
  const close = (): void => {
    client.close();
    socket.destroy();
  };
  return { client, socket, wanted, served: await server.connection, [Symbol.dispose]: close };
}

describe("a connection of Schannel's client to Node's TLS server", () => {
  it.each([
    [["h2", "http/1.1"], ["http/1.1"], "http/1.1"],
    [["h2", "http/1.1"], ["http/1.1", "h2"], "http/1.1"],
  ])("agrees on an application protocol: the client offers %j, the server %j", async (offered, known, agreed) => {
    await using server = await startTlsServer({ ALPNProtocols: known });
    using connection = await connected(server, { applicationProtocols: offered });
    expect(connection.served.alpnProtocol).toBe(agreed);
    const { ProtoNegoStatus, ProtocolId, ProtocolIdSize } = connection.client.query("applicationProtocol");
    expect([ProtoNegoStatus, Buffer.from(ProtocolId).toString("utf8", 0, ProtocolIdSize)]).toEqual([1, agreed]);
  });

  it("agrees on no application protocol when the client offers none", async () => {
    await using server = await startTlsServer({ ALPNProtocols: ["h2"] });
    using connection = await connected(server);
    expect(connection.served.alpnProtocol).toBe(false);
    expect(connection.client.query("applicationProtocol")).toMatchObject({ ProtoNegoStatus: 0, ProtocolIdSize: 0 });
  });

  it.each(["shutdown", "shutdownSync"] as const)("ends in order with %s", async (end) => {
    await using server = await startTlsServer();
    using connection = await connected(server);
    const { client, socket, served } = connection;
    const ended = once(served.resume(), "end");
    const notice = await client[end]();
    // An alert of TLS 1.2, encrypted.
    expect([...notice.subarray(0, 3)]).toEqual([21, 3, 3]);
    expect(client.shutDown).toBe(true);
    expect(() => client[end === "shutdown" ? "shutdownSync" : end]()).toThrow("has not been shut down");
    socket.write(notice);
    await ended;
  });

  it("accepts session and renegotiate control tokens on Windows; Wine throws SEC_E_UNSUPPORTED_FUNCTION", async () => {
    await using server = await startTlsServer();
    using connection = await connected(server);
    const { client } = connection;
    for (const token of [{ type: "session", reconnects: false }, { type: "renegotiate" }] as const) {
      const apply = expect(() => client.applyControlToken(token));
      if (wine) apply.toThrow(expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION" }));
      else apply.not.toThrow();
    }
  });

  it("starts another handshake on the same context on Windows; Wine waits for the server's request", async () => {
    await using server = await startTlsServer();
    using connection = await connected(server);
    const { client } = connection;
    client.reauthenticate();
    expect(client.complete).toBe(false);
    const leg = client.stepSync();
    expect(leg.status).toBe(wine ? "incomplete-message" : "continue");
    expect(client.legs).toBe(wine ? 3 : 4);
  });

  it("completes without the client certificate that the server requests; Windows reports the request first", async () => {
    await using server = await startTlsServer({ requestCert: true, rejectUnauthorized: false });
    using connection = await connected(server, { request: ["useSuppliedCreds", "confidentiality"] });
    expect(connection.client.complete).toBe(true);
    expect(connection.wanted.map(({ code }) => code)).toEqual(wine ? [] : ["SEC_I_INCOMPLETE_CREDENTIALS"]);
    expect(connection.served.getPeerCertificate()).toEqual({});
  });
});
