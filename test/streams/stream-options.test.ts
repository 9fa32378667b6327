import { once } from "node:events";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ASC_REQ, ASC_RET, ISC_REQ, ISC_RET, SECPKG_ATTR_STREAM_SIZES } from "../../generated/sspi/constants.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { type SecureClientOptions, SecureStream, type SecureStreamOptions } from "../../src/index.ts";
import { inbound, outbound, type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { closed, secureStreams } from "./record-streams.ts";
import { wire } from "./wire.ts";

const attributes = ISC_RET.confidentiality | ISC_RET.stream;
const wanted = ["integrity", "sequenceDetect", "replayDetect", "extendedError", "confidentiality", "stream"] as const;
const completing = (): ScriptedSspi => scripted({ legs: [{ status: SEC_E_OK, attributes }] });

/** A side's stream over a wire whose other end only listens. */
function opened(sspi: ScriptedSspi, side: "client" | "server", options: object = {}): SecureStream {
  using credential = side === "client" ? outbound(sspi) : inbound(sspi);
  const [end, peer] = wire();
  peer.on("error", () => {}).write("hello");
  return side === "client"
    ? SecureStream.connect(end, credential, options)
    : SecureStream.accept(end, credential, options);
}

async function dropped(stream: SecureStream): Promise<void> {
  stream.on("error", () => {}).destroy();
  await closed(stream);
}

describe("the flags of a secure stream", () => {
  it.each([
    ["client", ISC_REQ, ISC_RET],
    ["server", ASC_REQ, ASC_RET],
  ] as const)("are those that records need, and the caller's too: of the %s", async (side, requests, returns) => {
    const needed = returns.confidentiality | returns.stream;
    for (const [options, more, granted] of [
      [{}, 0, needed],
      [{ require: ["mutualAuth"] }, requests.mutualAuth, needed | returns.mutualAuth],
      [{ request: ["delegate"] }, requests.delegate, needed],
    ] as const) {
      const sspi = scripted({ legs: [{ status: SEC_E_OK, attributes: granted }] });
      const stream = opened(sspi, side, options);
      await once(stream, "secure");
      const asked = wanted.reduce<number>((sum, name) => sum | requests[name], more);
      // Who allocates tokens is the context's choice.
      expect(((sspi.legs[0]?.flags ?? 0) & ~requests.allocateMemory) >>> 0).toBe(asked >>> 0);
      await dropped(stream);
    }
  });

  it.each(["confidentiality", "stream"] as const)("fail the stream where %s is not granted", async (missing) => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK, attributes: attributes & ~ISC_RET[missing] }] });
    const stream = opened(sspi, "client");
    const [error] = (await once(stream, "error")) as [Error];
    expect(error.message).toContain(missing);
    await closed(stream);
  });

  it.each(["request", "require"])("are refused as %s unless they are an array, before anything is sent", (name) => {
    const sspi = completing();
    using credential = outbound(sspi);
    const transport = new PassThrough();
    const connect = () => SecureStream.connect(transport, credential, { [name]: "mutualAuth" });
    expect(connect).toThrow(new RegExp(`^${name}: expected an array of flag names, got a string`));
    expect([sspi.legs, transport.destroyed]).toEqual([[], false]);
  });

  it("go to the context with its target, and the stream's own options do not", async () => {
    const sspi = completing();
    const stream = opened(sspi, "client", { target: "HTTP/a.example", handshakeTimeout: 0, highWaterMark: 1 });
    await once(stream, "secure");
    expect(sspi.legs[0]?.target).toBe("HTTP/a.example");
    await dropped(stream);
  });
});

describe("the options of a secure stream itself", () => {
  const marks = ["highWaterMark", "readableHighWaterMark", "writableHighWaterMark"] as const;
  const made = async (options: SecureStreamOptions) => {
    const stream = opened(completing(), "server", options);
    const { readableHighWaterMark, writableHighWaterMark, allowHalfOpen } = stream;
    await dropped(stream);
    return { readableHighWaterMark, writableHighWaterMark, allowHalfOpen };
  };

  it("set the marks of its buffers, each of its own; Node's are the default", async () => {
    const { readableHighWaterMark: readable, writableHighWaterMark: writable } = new PassThrough();
    const usual = { readableHighWaterMark: readable, writableHighWaterMark: writable, allowHalfOpen: false };
    expect(await made({})).toEqual(usual);
    expect(await made({ highWaterMark: 5 })).toEqual({ ...usual, readableHighWaterMark: 5, writableHighWaterMark: 5 });
    expect(await made({ readableHighWaterMark: 6 })).toEqual({ ...usual, readableHighWaterMark: 6 });
    expect(await made({ writableHighWaterMark: 0 })).toEqual({ ...usual, writableHighWaterMark: 0 });
    expect(await made({ allowHalfOpen: true })).toEqual({ ...usual, allowHalfOpen: true });
  });

  it.each([...marks, "handshakeTimeout"])("may be 2147483647 as %s, and no more", async (name) => {
    await made({ [name]: 0x7fff_ffff });
    for (const wrong of [0x8000_0000, -1, 1.5])
      expect(() => opened(completing(), "client", { [name]: wrong })).toThrow(
        new RegExp(`^${name}: expected an integer`),
      );
  });

  it.each([
    ["allowHalfOpen", 1],
    ["allowMissingClose", "yes"],
    ["handshakeTimeout", "5"],
    ["signal", {}],
    ["timeout", 5],
    ["targets", "a"],
  ])("are refused by both sides where %s is %j", (name, wrong) => {
    for (const side of ["client", "server"] as const)
      expect(() => opened(completing(), side, { [name]: wrong })).toThrow(new RegExp(`^(options|${name}): `));
  });

  it("belong to a side: a server has no target, no check of a server and no choice of a credential", () => {
    for (const name of ["target", "checkServerIdentity", "selectCredential"] satisfies (keyof SecureClientOptions)[])
      expect(() => opened(completing(), "server", { [name]: () => undefined })).toThrow(TypeError);
  });

  it.each([
    [{}, [120_000]],
    [{ handshakeTimeout: 5000 }, [5000]],
    [{ handshakeTimeout: 0 }, []],
  ])("limit the time of a handshake: %j", async (options, expected) => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => timers.mockRestore());
    const stream = opened(completing(), "client", options);
    await once(stream, "secure");
    const limits = timers.mock.calls.map(([, time]) => time).filter((time) => time !== undefined && time >= 1000);
    expect(limits).toEqual(expected);
    await dropped(stream);
  });
});

describe("a SecureStream", () => {
  it("is made by connect() and accept() alone", () => {
    const Constructor = SecureStream as unknown as new (...args: unknown[]) => SecureStream;
    for (const args of [[], [new PassThrough(), {}, {}], [Symbol(), new PassThrough(), {}, {}]])
      expect(() => new Constructor(...args)).toThrow(/^SecureStream: use SecureStream\.connect\(\) or accept\(\)$/);
  });

  it.each(["client", "server"] as const)("whose signal is aborted already makes no leg: a %s", async (side) => {
    const sspi = completing();
    const stream = opened(sspi, side, { signal: AbortSignal.abort() });
    const events: string[] = [];
    stream.on("error", ({ name }) => events.push(name)).on("secure", () => events.push("secure"));
    await closed(stream);
    expect([events, sspi.legs]).toEqual([["AbortError"], []]);
  });

  it("that is destroyed in the last moment of its handshake is never announced as secure", async () => {
    let destroy = (): void => {};
    const sspi = scripted({
      legs: [{ status: SEC_E_OK, attributes }],
      contextAttributes: ({ attribute }) => {
        if (attribute === SECPKG_ATTR_STREAM_SIZES) destroy();
        return SEC_E_UNSUPPORTED_FUNCTION;
      },
    });
    const stream = opened(sspi, "client");
    const events: string[] = [];
    destroy = () => void stream.destroy();
    stream.on("error", ({ name }) => events.push(name)).on("secure", () => events.push("secure"));
    await closed(stream);
    await new Promise((resolve) => setImmediate(resolve));
    expect([events, stream.secure, sspi.legs.length]).toEqual([[], false, 1]);
  });

  it("fails a write that waits with SSPI_TRANSPORT_CLOSED when it is destroyed, or with the given reason", async () => {
    const enough = new Error("enough");
    for (const [reason, expected] of [
      [undefined, { code: "SSPI_TRANSPORT_CLOSED", message: "the stream has been destroyed" }],
      [enough, enough],
    ] as const) {
      const { client, server } = secureStreams({ wire: 100 });
      for (const stream of [client, server]) stream.on("error", () => {});
      await Promise.all([once(client, "secure"), once(server, "secure")]);
      const written = new Promise((resolve) => client.write(Buffer.alloc(100_000), resolve));
      await expect.poll(() => client.transport.writableNeedDrain).toBe(true);
      client.destroy(reason);
      expect(await written).toMatchObject(expected);
      server.destroy();
      await closed(client, server);
    }
  });
});
