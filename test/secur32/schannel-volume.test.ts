import { createHash, type Hash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type ClientContext, Credential, live, SecureStream } from "../../src/index.ts";
import { closed, failureOf, received } from "../streams/record-streams.ts";
import { connected, TlsPeer } from "./tls-peer.ts";

/** How much goes each way, in millions of bytes, and how many connections follow one another. */
const megabytes = Number(process.env["SSPI_STREAM_MEGABYTES"] ?? "100");
const connections = Number(process.env["SSPI_STREAM_CONNECTIONS"] ?? "1000");

const pool = randomBytes(1 << 20);

/** Random bytes in chunks of random sizes. */
async function* chunks(total: number, hash: Hash): AsyncGenerator<Buffer> {
  for (let rest = total; rest > 0; ) {
    const start = Math.floor(Math.random() * pool.length);
    const chunk = pool.subarray(start, start + Math.min(rest, 1 + Math.floor(Math.random() * 200_000)));
    if (chunk.length === 0) continue;
    rest -= chunk.length;
    hash.update(chunk);
    yield chunk;
  }
}

/** Writes chunks and waits for "drain" when the stream is full. */
async function pump(from: AsyncIterable<Buffer>, to: Writable): Promise<void> {
  for await (const chunk of from) if (!to.write(chunk)) await once(to, "drain");
}

/** Counts and hashes the received bytes. */
class Sink extends Writable {
  readonly hash = createHash("sha256");
  size = 0;

  override _write(part: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.hash.update(part);
    this.size += part.length;
    callback();
  }
}

interface BehindWire {
  readonly client: SecureStream<ClientContext>;
  /** The relay's socket to the client, which can send bytes that no TLS server sends. */
  readonly tcp: Socket;
  close(): Promise<void>;
}

/** A client whose handshake is complete, with a server on the other side of a relay. */
async function behindWire(): Promise<BehindWire> {
  const peer = await TlsPeer.start();
  const relay = createServer((socket) => {
    const onward = connect(peer.port, "127.0.0.1");
    for (const end of [socket, onward]) end.on("error", () => {});
    socket.pipe(onward).pipe(socket);
  });
  await once(relay.listen(0, "127.0.0.1"), "listening");
  const [relayed, accepted] = [once(relay, "connection"), peer.accepted()];
  using credential = Credential.acquireSync({ package: "Schannel", use: "outbound" });
  const socket = connect((relay.address() as AddressInfo).port, "127.0.0.1");
  const client = SecureStream.connect(socket, credential, { target: "localhost" });
  const [[tcp]] = await Promise.all([relayed as Promise<[Socket]>, accepted, once(client, "secure")]);
  const close = async (): Promise<void> => {
    tcp.destroy();
    relay.close();
    await peer[Symbol.asyncDispose]();
  };
  return { client, tcp, close };
}

describe("a secure stream of Schannel", () => {
  it(`carries ${megabytes} MB each way at once, in chunks of any size, and none is lost or moved`, async () => {
    await using peer = await TlsPeer.start();
    const { client, served } = await connected(peer);
    const total = megabytes * 1_000_000;
    const [there, back] = [createHash("sha256"), createHash("sha256")];
    const [atServer, atClient] = [new Sink(), new Sink()];
    client.pipe(atClient);
    served.pipe(atServer);
    await Promise.all([pump(chunks(total, there), client), pump(chunks(total, back), served)]);
    await expect.poll(() => [atServer.size, atClient.size], { timeout: 60_000 }).toEqual([total, total]);
    expect(atServer.hash.digest("hex")).toBe(there.digest("hex"));
    expect(atClient.hash.digest("hex")).toBe(back.digest("hex"));
    client.end();
    await closed(client, served);
    expect(peer.errors).toEqual([]);
  }, 180_000);

  it("lets a slow reader throttle a fast server, and buffers little meanwhile", async () => {
    await using peer = await TlsPeer.start();
    const { client, served } = await connected(peer, { highWaterMark: 16_384 });
    const hash = createHash("sha256");
    const sending = pump(chunks(8_000_000, hash), served).then(() => served.end());
    await new Promise((resolve) => setTimeout(resolve, 100));
    let most = 0;
    const sink = new Sink();
    for await (const part of client.iterator({ destroyOnReturn: false })) {
      sink.write(part);
      most = Math.max(most, client.readableLength + client.transport.readableLength);
      if (sink.size % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await sending;
    expect([sink.size, sink.hash.digest("hex")]).toEqual([8_000_000, hash.digest("hex")]);
    // The limit covers both high-water marks and one chunk of the system's buffer.
    expect(most).toBeLessThan(300_000);
    client.end();
    await closed(client);
  });

  it("waits for a server that does not read, and ends with AbortError when its signal aborts", async () => {
    await using peer = await TlsPeer.start();
    const abort = new AbortController();
    const { client, served } = await connected(peer, { signal: abort.signal });
    served.pause();
    let written = 0;
    for (let idle = 0; idle < 10; idle += 1) {
      for (; !client.writableNeedDrain; written += 65_536) {
        client.write(Buffer.alloc(65_536));
        idle = 0;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // The remaining written bytes are in the system's buffers at both ends of the connection.
    expect(client.writableLength + client.transport.writableLength).toBeLessThan(300_000);
    expect(written).toBeLessThan(30_000_000);
    abort.abort();
    expect(await failureOf(client)).toMatchObject({ name: "AbortError" });
    await closed(client);
  });
});

describe("a TLS server that", () => {
  it("resets the connection makes the stream fail with ECONNRESET", async () => {
    const { client, tcp, close } = await behindWire();
    const failed = failureOf(client);
    client.resume();
    tcp.resetAndDestroy();
    expect(await failed).toMatchObject({ code: "ECONNRESET" });
    await closed(client);
    await close();
  });

  it("ends the connection without close_notify makes the stream fail with SSPI_TRUNCATED", async () => {
    const { client, tcp, close } = await behindWire();
    const failed = failureOf(client);
    client.resume();
    tcp.end();
    expect(await failed).toMatchObject({ code: "SSPI_TRUNCATED" });
    await closed(client);
    await close();
  });

  it.each([
    ["garbage", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n".repeat(1000))],
    ["a record of nothing that was agreed", Buffer.from([23, 3, 3, 0, 40, ...randomBytes(40)])],
  ])("sends %s makes the stream fail in DecryptMessage", async (_, bytes) => {
    const { client, tcp, close } = await behindWire();
    const failed = failureOf(client);
    client.resume();
    tcp.write(bytes);
    expect(await failed).toMatchObject({ name: "SspiError", operation: "DecryptMessage" });
    await closed(client);
    await close();
  });

  it("sends an incomplete record of garbage and ends makes the stream fail with SSPI_TRUNCATED", async () => {
    const { client, tcp, close } = await behindWire();
    const failed = failureOf(client);
    client.resume();
    tcp.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    expect(await failed).toMatchObject({ code: "SSPI_TRUNCATED" });
    await closed(client);
    await close();
  });
});

describe("many connections", () => {
  it(`one after another leave nothing behind: ${connections}`, async () => {
    await using peer = await TlsPeer.start();
    for (let number = 0; number < connections; number += 1) {
      const accepted = peer.accepted();
      const client = peer.connect();
      const kind = number % 6;
      if (kind === 1) client.destroy();
      else if (kind === 2)
        once(client, "secure").then(
          () => client.destroy(),
          () => {},
        );
      else if (kind === 3) client.once("secure", () => accepted.then((served) => served.destroy()));
      else {
        client.end(`connection ${number}`);
        accepted.then((served) => served.pipe(served));
      }
      client.on("error", () => {});
      const answer = received(client).catch(() => undefined);
      await closed(client);
      if (kind === 0) expect((await answer)?.toString()).toBe(`connection ${number}`);
    }
    expect(live()).toMatchObject({ credentials: 0, contexts: 0 });
  }, 120_000);
});
