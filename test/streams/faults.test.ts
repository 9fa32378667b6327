import { once } from "node:events";
import { Duplex, PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { Credential, live, SecureStream } from "../../src/index.ts";
import { scripted } from "../scripted/scripted.ts";
import { askAgain } from "./record-package.ts";
import {
  closed,
  type Ends,
  failureOf,
  RecordStreams,
  received,
  type StreamsOptions,
  secureStreams,
} from "./record-streams.ts";
import { wire } from "./wire.ts";

async function secured(options: StreamsOptions = {}): Promise<Ends> {
  const ends = secureStreams(options);
  await Promise.all([once(ends.client, "secure"), once(ends.server, "secure")]);
  return ends;
}

/** Waits until both sides closed and returns the error of one side; the other side may fail with any error. */
async function outcome({ client, server }: Ends, side: "client" | "server"): Promise<unknown> {
  const failure = failureOf(side === "client" ? client : server);
  (side === "client" ? server : client).on("error", () => {});
  const error = await failure;
  client.destroy();
  server.destroy();
  await closed(client, server);
  expect([client.transport.destroyed, server.transport.destroyed]).toEqual([true, true]);
  expect(live()).toMatchObject({ credentials: 0, contexts: 0 });
  return error;
}

describe("a transport that ends", () => {
  it("B13 a transport that ends before the peer's closing message fails the stream with SSPI_TRUNCATED", async () => {
    const ends = await secured();
    ends.server.write("some of it");
    const [some] = (await once(ends.client, "data")) as [Buffer];
    expect(some.toString()).toBe("some of it");
    ends.server.transport.end();
    expect(await outcome(ends, "client")).toMatchObject({ name: "SecureStreamError", code: "SSPI_TRUNCATED" });
  });

  it("counts as the peer's close with allowMissingClose", async () => {
    const ends = await secured({ client: { allowMissingClose: true }, server: { allowMissingClose: true } });
    const { carried } = ends.wires[1];
    ends.server.write("all of it");
    await expect.poll(() => ends.wires[1].carried).toBeGreaterThan(carried);
    ends.server.transport.end();
    expect((await received(ends.client)).toString()).toBe("all of it");
    ends.server.on("error", () => {}).destroy();
    await closed(ends.client, ends.server);
  });

  it("B13 a transport that ends within a record fails the stream even if a missing close is allowed", async () => {
    const ends = await secured({ client: { allowMissingClose: true } });
    ends.server.transport.end(Buffer.from([1, 0, 0, 0, 40, 1, 2, 3]));
    ends.client.resume();
    expect(await outcome(ends, "client")).toMatchObject({ code: "SSPI_TRUNCATED" });
  });

  it("makes the stream fail with SSPI_TRUNCATED during the handshake", async () => {
    const ends = secureStreams();
    ends.wires[1].tamper = () => [];
    setImmediate(() => ends.server.transport.end());
    expect(await outcome(ends, "client")).toMatchObject({ code: "SSPI_TRUNCATED" });
  });

  it("is the only possible end of a package without a closing message, and needs allowMissingClose", async () => {
    const strict = await secured({ closes: false });
    strict.server.end("all");
    strict.client.resume();
    expect(await outcome(strict, "client")).toMatchObject({ code: "SSPI_TRUNCATED" });
    const lenient = secureStreams({
      closes: false,
      client: { allowMissingClose: true },
      server: { allowMissingClose: true },
    });
    lenient.server.end("all");
    lenient.server.resume();
    expect((await received(lenient.client)).toString()).toBe("all");
    await closed(lenient.client, lenient.server);
  });
});

describe("a transport that fails", () => {
  it("makes the stream fail with the transport's error", async () => {
    const ends = await secured();
    const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    ends.client.transport.destroy(reset);
    expect(await outcome(ends, "client")).toBe(reset);
  });

  it("makes the stream fail also during the handshake and while a write waits", async () => {
    const early = secureStreams();
    early.client.transport.destroy(new Error("gone"));
    expect(await outcome(early, "client")).toMatchObject({ message: "gone" });
    const late = await secured();
    late.client.write(Buffer.alloc(1_000_000));
    await expect.poll(() => late.client.transport.writableNeedDrain).toBe(true);
    late.client.transport.destroy(new Error("gone"));
    expect(await outcome(late, "client")).toMatchObject({ message: "gone" });
  });

  it("makes the stream fail with SSPI_TRANSPORT_CLOSED if it closed without an error", async () => {
    const ends = await secured();
    ends.client.transport.destroy();
    expect(await outcome(ends, "client")).toMatchObject({ code: "SSPI_TRANSPORT_CLOSED" });
  });
});

describe("a peer that", () => {
  it.each([0, 1])("sends garbage in the handshake is refused by side %i", async (side) => {
    const ends = secureStreams();
    ends.wires[side === 0 ? 1 : 0].tamper = () => [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")];
    expect(await outcome(ends, side === 0 ? "client" : "server")).toMatchObject({ code: "SEC_E_INVALID_TOKEN" });
  });

  it("sends garbage after the handshake is refused with SEC_E_INVALID_TOKEN", async () => {
    const ends = await secured();
    ends.server.transport.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    expect(await outcome(ends, "client")).toMatchObject({ code: "SEC_E_INVALID_TOKEN", operation: "DecryptMessage" });
  });

  it("alters a record is refused with SEC_E_MESSAGE_ALTERED, and the reader gets no data of it", async () => {
    const ends = await secured();
    ends.wires[1].tamper = (bytes) => {
      bytes[7] = (bytes[7] as number) ^ 1;
      return [bytes];
    };
    const parts: Buffer[] = [];
    ends.client.on("data", (part: Buffer) => parts.push(part));
    ends.server.write("a record");
    expect(await outcome(ends, "client")).toMatchObject({ code: "SEC_E_MESSAGE_ALTERED" });
    expect(parts).toEqual([]);
  });

  it("is refused gets the error token before the connection ends", async () => {
    const ends = secureStreams({ user: "mallory" });
    const heard: Buffer[] = [];
    ends.wires[1].tamper = (bytes) => {
      heard.push(Buffer.from(bytes));
      return [bytes];
    };
    expect(await outcome(ends, "server")).toMatchObject({ code: "SEC_E_LOGON_DENIED" });
    expect(Buffer.concat(heard).toString("utf8", 5)).toBe("go away");
  });

  it.each([false, true])(
    "C6 breaks a renegotiation makes the stream fail with the package's error, even while writes wait: %s",
    async (writing) => {
      const ends = await secured();
      const { client, server, wires } = ends;
      client.resume();
      server.resume();
      // From now on, the type byte of each handshake message is wrong.
      wires[1].tamper = (bytes) => [bytes[0] === 22 ? Buffer.concat([Buffer.of(99), bytes.subarray(1)]) : bytes];
      const failed = outcome(ends, "client");
      server.write(askAgain);
      if (writing) for (let index = 0; index < 50; index += 1) client.write(Buffer.alloc(10_000));
      expect(await failed).toMatchObject({ name: "SspiError", code: "SEC_E_INVALID_TOKEN" });
    },
  );

  it("sends a record longer than any of the package makes the stream fail with SSPI_RECORD_TOO_LONG", async () => {
    const ends = await secured();
    const head = Buffer.from([1, 0x7f, 0, 0, 0]);
    ends.client.resume();
    ends.server.transport.write(Buffer.concat([head, Buffer.alloc(1_200_000)]));
    expect(await outcome(ends, "client")).toMatchObject({ code: "SSPI_RECORD_TOO_LONG" });
  });

  it("sent its closing message and is gone makes later writes fail", async () => {
    const ends = await secured({ client: { allowHalfOpen: true } });
    ends.server.end();
    await received(ends.client);
    ends.server.destroy();
    ends.client.write(Buffer.alloc(100_000));
    expect(await outcome(ends, "client")).toBeInstanceOf(Error);
  });
});

describe("cancelling a secure stream", () => {
  it("with a signal works during and after the handshake", async () => {
    for (const wait of [false, true]) {
      const abort = new AbortController();
      const ends = secureStreams({ client: { signal: abort.signal } });
      if (wait) await Promise.all([once(ends.client, "secure"), once(ends.server, "secure")]);
      const reason = new Error("enough");
      abort.abort(reason);
      expect(await outcome(ends, "client")).toMatchObject({ name: "AbortError", cause: reason });
    }
  });

  it("with an aborted signal sends nothing and closes the transport", async () => {
    const streams = new RecordStreams();
    using credential = streams.outbound();
    const [end, other] = wire();
    other.on("error", () => {});
    const stream = SecureStream.connect(end, credential, { signal: AbortSignal.abort() });
    expect(await failureOf(stream)).toMatchObject({ name: "AbortError" });
    await closed(stream);
    expect([end.carried, end.destroyed]).toEqual([0, true]);
  });

  it("happens by handshakeTimeout when a handshake takes too long", async () => {
    const ends = secureStreams({ client: { handshakeTimeout: 30 } });
    ends.wires[1].tamper = () => [];
    expect(await outcome(ends, "client")).toMatchObject({ code: "SSPI_HANDSHAKE_TIMEOUT" });
  });

  it("does not happen by handshakeTimeout after a handshake in time", async () => {
    const ends = await secured({ client: { handshakeTimeout: 200 }, server: { handshakeTimeout: 200 } });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect([ends.client.destroyed, ends.server.destroyed]).toEqual([false, false]);
    ends.client.resume().end();
    ends.server.resume();
    await closed(ends.client, ends.server);
  });

  it("F12 does not wait for a running leg, whose context is closed once when it returns", async () => {
    let finish = (): void => {};
    const sspi = scripted({
      gate: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    });
    const credential = Credential.acquireSync({ package: "Scripted", use: "outbound", provider: sspi.provider });
    const [end, other] = wire();
    other.on("error", () => {});
    const stream = SecureStream.connect(end, credential, {});
    credential.close();
    await new Promise((resolve) => setImmediate(resolve));
    stream.destroy();
    await closed(stream);
    expect(live().credentials).toBe(1);
    finish();
    await new Promise((resolve) => setImmediate(resolve));
    expect(live().credentials).toBe(0);
  });
});

describe("a transport of a secure stream", () => {
  const dead = new PassThrough().destroy();
  const text = new PassThrough().setEncoding("utf8");
  it.each([
    ["nothing", undefined, "without read()"],
    ["half a stream", { read: () => null }, "without write()"],
    ["one of objects", new Duplex({ objectMode: true }), "object mode"],
    ["one of text", text, "utf8"],
    ["one that has ended", dead, "has ended"],
  ])("is refused when it is %s, and nothing stays open", (_, transport, message) => {
    const streams = new RecordStreams();
    using credential = streams.outbound();
    using inbound = streams.inbound();
    expect(() => SecureStream.connect(transport as Duplex, credential, {})).toThrow(message);
    expect(() => SecureStream.accept(transport as Duplex, inbound)).toThrow(TypeError);
  });

  it("is not touched when the options are wrong", () => {
    const streams = new RecordStreams();
    using credential = streams.outbound();
    const transport = new PassThrough();
    const wrong = { handshakeTimeout: -1 };
    expect(() => SecureStream.connect(transport, credential, wrong)).toThrow("handshakeTimeout");
    expect(() => SecureStream.connect(transport, credential, { signal: 1 as never })).toThrow("signal");
    expect(() => SecureStream.connect(transport, credential, { highWaterMark: -5 })).toThrow("highWaterMark");
    expect(() => SecureStream.connect(transport, credential, { checkServerIdentity: 1 as never })).toThrow("function");
    expect([transport.eventNames().includes("readable"), transport.destroyed]).toEqual([false, false]);
  });
});
