import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { SP_PROT_TLS1_2_CLIENT } from "../../generated/schannel/constants.ts";
import { SEC_CHANNEL_BINDINGS } from "../../generated/sspi/structs.ts";
import { ClientContext, Credential, capabilities, type Leg } from "../../src/index.ts";
import { startTlsServer, type TlsServer } from "./tls-server.ts";

const { size: bindingsHead } = SEC_CHANNEL_BINDINGS.layouts["win32-x64"];

interface Handshake {
  readonly client: ClientContext;
  readonly legs: readonly Leg[];
}

/** One chunk from the server, cut into two pieces if `first` gives the length of the first. */
async function flight(socket: Socket, first: number): Promise<readonly Buffer[]> {
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return first > 0 && first < bytes.length ? [bytes.subarray(0, first), bytes.subarray(first)] : [bytes];
}

async function handshake(socket: Socket, first = 0): Promise<Handshake> {
  using credential = Credential.acquireSync({ package: "Schannel", use: "outbound" });
  const request = ["confidentiality", "integrity", "stream", "replayDetect", "sequenceDetect"] as const;
  const client = new ClientContext(credential, { target: "localhost", request });
  const legs: Leg[] = [];
  let leg = await client.step();
  for (let pieces: readonly Buffer[] = []; ; ) {
    legs.push(leg);
    if (leg.token && leg.token.length > 0) socket.write(leg.token);
    if (leg.status === "complete") return { client, legs };
    if (leg.status === "incomplete-credentials") throw new Error("the server wants a certificate");
    if (leg.extra && leg.extra.length > 0) pieces = [Buffer.from(leg.extra), ...pieces];
    if (pieces.length === 0) pieces = await flight(socket, first);
    const [piece, ...rest] = pieces as [Buffer, ...Buffer[]];
    pieces = rest;
    leg = await client.step(piece);
  }
}

async function connected(server: TlsServer): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  return socket;
}

describe("Schannel's client and Node's TLS 1.2 server", () => {
  it("complete a handshake and report the same protocol, certificate and channel bindings", async () => {
    await using server = await startTlsServer();
    const socket = await connected(server);
    using client = (await handshake(socket)).client;
    const served = await server.connection;
    expect([served.getProtocol(), client.complete]).toEqual(["TLSv1.2", true]);
    expect(client.hasFlag("stream")).toBe(true);
    expect(Buffer.from(client.query("remoteCertificate") as Uint8Array)).toEqual(server.certificate);
    expect(client.query("streamSizes")).toMatchObject({ cbHeader: 5, cBuffers: 4 });
    expect(client.query("connectionInfo").dwProtocol).toBe(SP_PROT_TLS1_2_CLIENT);
    // Both sides have the same channel bindings.
    const [unique, endpoint] = [client.query("uniqueBindings"), client.query("endpointBindings")].map(({ Bindings }) =>
      Buffer.from(Bindings as Uint8Array).subarray(bindingsHead),
    );
    expect(unique).toEqual(Buffer.concat([Buffer.from("tls-unique:"), served.getPeerFinished() as Buffer]));
    const hash = createHash("sha256").update(server.certificate).digest();
    expect(endpoint).toEqual(Buffer.concat([Buffer.from("tls-server-end-point:"), hash]));
    socket.destroy();
  });

  it("support the attributes of a stream context, and no others", async () => {
    await using server = await startTlsServer();
    const socket = await connected(server);
    using client = (await handshake(socket)).client;
    const { attributes, flags } = capabilities(client);
    expect(flags).toBe("reported");
    expect(Object.entries(attributes).flatMap(([name, answer]) => (answer === true ? [name] : []))).toEqual([
      "remoteCertificate",
      "connectionInfo",
      "cipherInfo",
      "streamSizes",
      "datagramSizes",
      "keyInfo",
      "uniqueBindings",
      "endpointBindings",
      "applicationProtocol",
    ]);
    socket.destroy();
  });

  it.each([1, 4, 5, 6, 60])(
    "ISC-11: complete a handshake when flights arrive in two pieces, the first of %i bytes",
    async (first) => {
      await using server = await startTlsServer();
      const socket = await connected(server);
      const { client, legs } = await handshake(socket, first);
      using _ = client;
      const states = legs.map(({ status }) => status);
      expect(states).toEqual(["continue", "incomplete-message", "continue", "incomplete-message", "complete"]);
      // A record's 5-byte header has its length; an incomplete header counts only its own missing bytes.
      const missing = legs.flatMap((leg) => (leg.status === "incomplete-message" ? [leg.missing] : []));
      if (first < 5) expect(missing).toEqual([5 - first, 5 - first]);
      else expect(Math.min(...missing.map(Number))).toBeGreaterThan(0);
      await server.connection;
      socket.destroy();
    },
  );

  it("ISC-12: return extra bytes when a piece ends inside a record that is not its first", async () => {
    await using server = await startTlsServer();
    const socket = await connected(server);
    const { client, legs } = await handshake(socket, 500);
    using _ = client;
    const [, second] = legs;
    expect(second).toMatchObject({ status: "continue", token: Buffer.alloc(0) });
    const extra = second?.extra?.length ?? 0;
    expect(extra).toBeGreaterThan(0);
    expect(extra).toBeLessThan(500);
    await server.connection;
    socket.destroy();
  });

  it("fail when the server's answer is not TLS", async () => {
    using credential = Credential.acquireSync({ package: "Schannel", use: "outbound" });
    using client = new ClientContext(credential, { target: "localhost" });
    await client.step();
    await expect(client.step(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n".repeat(900)))).rejects.toMatchObject({
      name: "SspiError",
      operation: "InitializeSecurityContextW",
    });
  });
});
