import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { live, SecureStream } from "../../src/index.ts";
import { closed, RecordStreams, received, secureStreams } from "./record-streams.ts";

const mark = 8192;
/** Fewer on Windows, because sockets are slower under Wine, and the tested code is the same. */
const connections = process.platform === "win32" ? 200 : 2000;

describe("a slow reader of a secure stream", () => {
  it("stops the writer when it does not read, and buffers stay within the high-water marks", async () => {
    const side = { highWaterMark: mark };
    const { client, server, wires } = secureStreams({ client: side, server: side, wire: mark });
    await Promise.all([once(client, "secure"), once(server, "secure")]);
    let written = 0;
    for (let idle = 0; idle < 20; idle += 1) {
      while (!client.writableNeedDrain) {
        client.write(Buffer.alloc(1024));
        written += 1024;
        idle = 0;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    // The limit covers both streams' marks, both ends of the wire, and one or two records in transit.
    expect(written).toBeGreaterThan(mark);
    expect(written).toBeLessThan(8 * mark);
    expect(wires[0].carried).toBeLessThan(8 * mark);
    for (const length of [client.writableLength, server.readableLength]) expect(length).toBeLessThan(2 * mark);
    client.destroy();
    server.on("error", () => {}).destroy();
    await closed(client, server);
  });

  it("gets all data at its own pace", async () => {
    const side = { highWaterMark: mark };
    const { client, server } = secureStreams({ client: side, server: side, wire: mark });
    const message = randomBytes(300_000);
    client.end(message);
    const parts: Buffer[] = [];
    let most = 0;
    for await (const part of server.iterator({ destroyOnReturn: false })) {
      parts.push(part as Buffer);
      most = Math.max(most, server.readableLength);
      if (parts.length % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(Buffer.concat(parts).equals(message)).toBe(true);
    expect(most).toBeLessThan(3 * mark);
    client.resume();
    server.end();
    await closed(client, server);
  });
});

/** Runs `work` against an echo server on loopback sockets. */
async function overSockets(work: (port: number, streams: RecordStreams) => Promise<void>): Promise<void> {
  const streams = new RecordStreams({ maximumMessage: 16_384 });
  using inbound = streams.inbound();
  const served: SecureStream[] = [];
  const server = createServer((socket: Socket) => {
    const stream = SecureStream.accept(socket, inbound);
    served.push(stream);
    stream.pipe(stream).on("error", () => {});
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    await work((server.address() as AddressInfo).port, streams);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    // A stream closes after its socket.
    await closed(...served);
  }
}

describe("secure streams over sockets", () => {
  it("echo 20 MB unchanged, in chunks of any size", async () => {
    await overSockets(async (port, streams) => {
      using credential = streams.outbound();
      const stream = SecureStream.connect(connect(port, "127.0.0.1"), credential, {});
      const [sent, got] = [createHash("sha256"), createHash("sha256")];
      let size = 0;
      async function* chunks(): AsyncGenerator<Buffer> {
        for (let rest = 20_000_000; rest > 0; ) {
          const chunk = randomBytes(Math.min(rest, 1 + Math.floor(Math.random() * 100_000)));
          rest -= chunk.length;
          sent.update(chunk);
          yield chunk;
        }
      }
      stream.on("data", (part: Buffer) => {
        got.update(part);
        size += part.length;
      });
      await pipeline(Readable.from(chunks()), stream);
      await closed(stream);
      expect([size, got.digest("hex")]).toEqual([20_000_000, sent.digest("hex")]);
    });
  }, 180_000);

  it("keep one direction open after the other ended, with allowHalfOpen", async () => {
    const streams = new RecordStreams({ closes: false });
    using inbound = streams.inbound();
    using outbound = streams.outbound();
    const server = createServer({ allowHalfOpen: true });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const options = { allowMissingClose: true, allowHalfOpen: true };
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const client = SecureStream.connect(socket, outbound, options);
    const served = SecureStream.accept((await accepted)[0], inbound, options);
    const answer = received(served);
    served.end("that is all");
    expect((await received(client)).toString()).toBe("that is all");
    await new Promise((resolve) => setTimeout(resolve, 20));
    client.end("an answer");
    expect((await answer).toString()).toBe("an answer");
    await closed(client, served);
    server.close();
  });

  it(`${connections} connections one after another leave nothing behind`, async () => {
    await overSockets(async (port, streams) => {
      using credential = streams.outbound();
      for (let number = 0; number < connections; number += 1) {
        const socket = connect(port, "127.0.0.1");
        const stream = SecureStream.connect(socket, credential, {});
        // Some connections are reset, some are destroyed after the handshake, most end in order.
        if (number % 10 === 3) socket.resetAndDestroy();
        else if (number % 10 === 6)
          once(stream, "secure").then(
            () => stream.destroy(),
            () => {},
          );
        else stream.end(`connection ${number}`);
        const answer = received(stream).catch(() => undefined);
        await closed(stream);
        if (number % 10 === 1) expect((await answer)?.toString()).toBe(`connection ${number}`);
      }
      await expect.poll(() => live().contexts).toBe(0);
      expect(streams.contexts).toBe(0);
    });
  }, 180_000);
});
