import { describe, expect, it } from "vitest";
import { SspiError } from "../../src/index.ts";
import { SecureChannel } from "../../src/streams/secure-channel.ts";
import { type ContextScript, ScriptedContext } from "./scripted-context.ts";
import { type WireEnd, wire } from "./wire.ts";

const complete = { status: "complete", code: "SEC_E_OK" } as const;
const again = { status: "continue", code: "SEC_I_CONTINUE_NEEDED", token: Buffer.from("token") } as const;
const incomplete = { status: "incomplete-message", code: "SEC_E_INCOMPLETE_MESSAGE" } as const;
const renegotiate = { status: "renegotiate", code: "SEC_I_RENEGOTIATE" } as const;
const closing = { status: "closed", code: "SEC_I_CONTEXT_EXPIRED" } as const;
const data = (text: string) => ({ status: "data", code: "SEC_E_OK", data: Buffer.from(text) }) as const;

interface Scripted {
  readonly channel: SecureChannel;
  readonly context: ScriptedContext;
  readonly peer: WireEnd;
  /** Failures that nobody waited for. */
  readonly failures: Error[];
}

function scripted(script: ContextScript, check?: () => void, handshakeTimeout = 0): Scripted {
  const [end, peer] = wire();
  peer.on("error", () => {});
  const failures: Error[] = [];
  const context = new ScriptedContext(script);
  const channel = new SecureChannel(context, end, {
    allowMissingClose: false,
    handshakeTimeout,
    check,
    onFailure: (error) => failures.push(error),
  });
  return { channel, context, peer, failures };
}

function refusal(code: "SEC_E_UNSUPPORTED_FUNCTION" | "SEC_E_LOGON_DENIED", token?: Buffer): SspiError {
  return new SspiError({ code, status: 0x8009_0302, operation: "a leg", text: "no", ...(token && { token }) });
}

describe("a handshake", () => {
  it("feeds what a leg left over, then what comes", async () => {
    const extra = Buffer.from("rest");
    const { channel, context, peer } = scripted({ legs: [again, { ...again, extra }, incomplete, complete] });
    peer.write("first");
    const opened = channel.open(true);
    await expect.poll(() => context.calls.length).toBe(3);
    peer.write("second");
    await opened;
    expect(context.calls).toEqual(["step nothing", 'step "first"', 'step "rest"', 'step "second"']);
    expect((peer.read() as Buffer).toString()).toBe("tokentoken");
  });

  it("goes on without a certificate that it does not have: the context has kept the server's message", async () => {
    const wanting = { status: "incomplete-credentials", code: "SEC_I_INCOMPLETE_CREDENTIALS" } as const;
    const { channel, context, peer } = scripted({ legs: [again, wanting, complete] });
    peer.write("who are you?");
    await channel.open(true);
    expect(context.calls).toEqual(["step nothing", 'step "who are you?"', "step nothing"]);
  });

  it("sends the token of a leg that failed", async () => {
    const denied = refusal("SEC_E_LOGON_DENIED", Buffer.from("alert"));
    const { channel, peer } = scripted({ legs: [denied] });
    peer.write("me");
    await expect(channel.open(false)).rejects.toBe(denied);
    expect((peer.read() as Buffer).toString()).toBe("alert");
  });

  it("does not wait for ever for such a token to leave", async () => {
    const { channel, peer } = scripted({ legs: [refusal("SEC_E_LOGON_DENIED", Buffer.alloc(100_000))] });
    peer.write("me");
    const begun = Date.now();
    await expect(channel.open(false)).rejects.toThrow("SEC_E_LOGON_DENIED");
    expect(Date.now() - begun).toBeGreaterThanOrEqual(900);
  });
});

describe("records", () => {
  it("of no data are passed over, and what is left over is read before more is fetched", async () => {
    const extra = Buffer.from("next");
    const reads = [{ ...data(""), extra }, { ...data("one"), extra }, incomplete, data("two"), closing] as const;
    const { channel, context, peer } = scripted({ reads });
    peer.write("bytes");
    expect((await channel.read())?.toString()).toBe("one");
    const second = channel.read();
    await new Promise((resolve) => setTimeout(resolve, 5));
    peer.write("!");
    expect((await second)?.toString()).toBe("two");
    peer.write("end");
    expect(await channel.read()).toBeUndefined();
    expect(context.calls.map((call) => call.slice(8))).toEqual(['"bytes"', '"next"', '"next"', '"next!"', '"end"']);
    expect(await channel.read()).toBeUndefined();
  });

  it.each([
    ["Schannel", "\x15", true, false],
    ["Microsoft Unified Security Protocol Provider", "\x15", true, false],
    ["Schannel", "\x17", false, false],
    ["Scripted", "\x15", false, false],
    ["Schannel", "\x15", false, true],
  ])("of %s that are %j and empty are the peer's close: %s (a provider that reports one: %s)", async (...row) => {
    const [name, type, closes, reportsClose] = row;
    const { channel, peer } = scripted({ package: name, reportsClose, reads: [data(""), data("more")] });
    peer.write(`${type}...`);
    const read = channel.read();
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!closes) peer.write("more");
    expect((await read)?.toString()).toBe(closes ? undefined : "more");
  });
});

describe("a peer's closing message", () => {
  it("C8 is read after the data that came with it", async () => {
    const { channel, peer } = scripted({ reads: [{ ...closing, data: Buffer.from("last words") }] });
    peer.write("x");
    expect((await channel.read())?.toString()).toBe("last words");
    expect(await channel.read()).toBeUndefined();
  });
});

describe("a check of the peer", () => {
  it("is made when a handshake is complete, and again after each new one: it may be somebody else then", async () => {
    const wrong = new Error("somebody else");
    let checks = 0;
    const check = (): void => {
      checks += 1;
      if (checks === 2) throw wrong;
    };
    const { channel, context, peer } = scripted(
      { legs: [complete, complete], reads: [renegotiate, data("never")] },
      check,
    );
    await channel.open(true);
    expect(checks).toBe(1);
    peer.write("x");
    await expect(channel.read()).rejects.toBe(wrong);
    expect(context.calls.filter((call) => call.startsWith("decrypt"))).toHaveLength(1);
  });
});

describe("a new handshake", () => {
  it("comes after the data that came with the request, and takes what followed it", async () => {
    const asked = { ...renegotiate, data: Buffer.from("last words"), extra: Buffer.from("hello request") };
    const { channel, context, peer } = scripted({
      reads: [asked, data("after")],
      legs: [again, { ...complete, extra: Buffer.from("record") }],
    });
    peer.write("x");
    expect((await channel.read())?.toString()).toBe("last words");
    expect(context.calls).not.toContain("reauthenticate");
    const read = channel.read();
    await expect.poll(() => context.calls.length).toBe(3);
    peer.write("answer");
    expect((await read)?.toString()).toBe("after");
    expect(context.calls.slice(1)).toEqual([
      "reauthenticate",
      'step "hello request"',
      'step "answer"',
      'decrypt "record"',
    ]);
  });

  it("makes writers wait", async () => {
    const { channel, context, peer } = scripted({ reads: [renegotiate, data("after")], legs: [again, complete] });
    peer.write("x");
    const read = channel.read();
    await expect.poll(() => context.calls).toContain('step ""');
    const written = channel.write(Buffer.alloc(7));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(context.calls).not.toContain("encrypt 7");
    peer.write("answer");
    await written;
    expect(context.calls.indexOf("encrypt 7")).toBeGreaterThan(context.calls.indexOf('step "answer"'));
    peer.write("record");
    expect((await read)?.toString()).toBe("after");
  });

  it("that the package does not begin is an error, not a wait", async () => {
    const { channel, peer } = scripted({ reads: [renegotiate], legs: [incomplete] });
    peer.write("x");
    await expect(channel.read()).rejects.toMatchObject({ code: "SSPI_RENEGOTIATION" });
  });
});

describe("F13 a peer that costs much", () => {
  it("asks for a fourth new handshake within ten minutes, and is refused", async () => {
    const { channel, context, peer } = scripted({
      reads: Array(4).fill({ ...renegotiate, extra: Buffer.from("hello request") }),
      legs: Array(4).fill({ ...complete, extra: Buffer.from("the next request") }),
    });
    peer.write("x");
    await expect(channel.read()).rejects.toMatchObject({
      code: "SSPI_RENEGOTIATION",
      message: "the peer asked for new handshakes too often",
    });
    expect(context.calls.filter((call) => call === "reauthenticate")).toHaveLength(3);
  });

  it("begins a new handshake and falls silent, and is given up after the time of the first one", async () => {
    const { channel, peer, failures } = scripted({ reads: [renegotiate], legs: [complete, again] }, undefined, 30);
    await channel.open(true);
    peer.write("x");
    const read = channel.read();
    await expect.poll(() => failures.length).toBe(1);
    expect(failures[0]).toMatchObject({ code: "SSPI_HANDSHAKE_TIMEOUT" });
    await channel.dispose(failures[0] as Error);
    await expect(read).rejects.toBe(failures[0]);
  });

  it("sends a record that is longer than the package's, and is refused where that would end", async () => {
    const sizes = { cbHeader: 5, cbMaximumMessage: 1000, cbTrailer: 10 };
    for (const [length, refused] of [
      [3063, false],
      [3064, true],
    ] as const) {
      const { channel, peer } = scripted({ sizes, legs: [complete], reads: [incomplete, data("whole")] });
      await channel.open(true);
      peer.write(Buffer.alloc(length));
      const read = channel.read();
      if (refused) await expect(read).rejects.toMatchObject({ code: "SSPI_RECORD_TOO_LONG" });
      else {
        peer.write("x");
        expect(String(await read)).toBe("whole");
      }
    }
  });

  it("sends a record byte by byte, and the package is asked when what it misses is there", async () => {
    const { channel, context, peer } = scripted({
      reads: [{ ...incomplete, missing: 99 }, { ...incomplete, missing: 900 }, data("whole")],
    });
    peer.write("x");
    const read = channel.read();
    for (let sent = 1; sent < 1000; sent += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      peer.write("x");
    }
    expect(String(await read)).toBe("whole");
    const lengths = context.calls.map((call) => call.length - 'decrypt ""'.length);
    expect(lengths).toEqual([1, 100, 1000]);
  });
});

describe("the end", () => {
  it("is announced, after everything that was written", async () => {
    const { channel, context, peer } = scripted({});
    await channel.write(Buffer.alloc(70_000));
    await channel.close();
    // What is long goes out in parts: others may have a turn in between.
    expect(context.calls).toEqual(["encrypt 65536", "encrypt 4464", "shutdown"]);
    expect((peer.read() as Buffer).toString()).toBe("<65536><4464>goodbye");
  });

  it("is that of the transport where the package announces none", async () => {
    const { channel, peer } = scripted({ shutdown: () => Promise.reject(refusal("SEC_E_UNSUPPORTED_FUNCTION")) });
    await channel.close();
    expect(peer.read()).toBeNull();
    await expect.poll(() => peer.readableEnded).toBe(true);
  });

  it("fails with the package", async () => {
    const { channel } = scripted({ shutdown: () => Promise.reject(refusal("SEC_E_LOGON_DENIED")) });
    await expect(channel.close()).rejects.toThrow("SEC_E_LOGON_DENIED");
  });

  it("fails with the package also where the peer has closed already: it is owed an answer", async () => {
    const denied = refusal("SEC_E_LOGON_DENIED");
    const { channel, peer } = scripted({ reads: [closing], shutdown: () => Promise.reject(denied) });
    peer.write("x");
    expect(await channel.read()).toBeUndefined();
    await expect(channel.close()).rejects.toBe(denied);
  });

  it("does not fail with a peer that has closed and is gone", async () => {
    const { channel, peer, failures } = scripted({ reads: [closing] });
    peer.write("x");
    expect(await channel.read()).toBeUndefined();
    peer.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    await channel.close();
    expect(failures).toEqual([]);
  });

  it("fails with a peer that is gone and has not closed", async () => {
    const { channel, peer, failures } = scripted({});
    peer.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    await expect(channel.close()).rejects.toThrow("ECONNRESET");
    expect(failures).toHaveLength(1);
  });

  it("closes the context once, and after what is under way", async () => {
    const { channel, context, peer } = scripted({ legs: [complete] });
    const opened = channel.open(true);
    await new Promise((resolve) => process.nextTick(resolve));
    await channel.dispose(new Error("enough"));
    expect(context.calls).toEqual(["step nothing", "close"]);
    await opened;
    expect(peer.destroyed).toBe(true);
  });
});
