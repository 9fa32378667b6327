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
  /** The failures that were reported outside of any call. */
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

describe("a handshake of a secure channel", () => {
  it("feeds a leg's extra bytes to the next leg before it reads more", async () => {
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

  it("continues without the requested credential, because the context kept the server's message", async () => {
    const wanting = { status: "incomplete-credentials", code: "SEC_I_INCOMPLETE_CREDENTIALS" } as const;
    const { channel, context, peer } = scripted({ legs: [again, wanting, complete] });
    peer.write("who are you?");
    await channel.open(true);
    expect(context.calls).toEqual(["step nothing", 'step "who are you?"', "step nothing"]);
  });

  it("sends the token of a failed leg", async () => {
    const denied = refusal("SEC_E_LOGON_DENIED", Buffer.from("alert"));
    const { channel, peer } = scripted({ legs: [denied] });
    peer.write("me");
    await expect(channel.open(false)).rejects.toBe(denied);
    expect((peer.read() as Buffer).toString()).toBe("alert");
  });

  it("fails with SSPI_TRUNCATED if the peer ends before it has said anything, and makes no leg", async () => {
    const { channel, context, peer } = scripted({});
    peer.end();
    await expect(channel.open(false)).rejects.toMatchObject({
      code: "SSPI_TRUNCATED",
      message: "the transport ended before the handshake began",
    });
    expect(context.calls).toEqual([]);
  });

  it("ends with its own error, which a later failure of the transport does not add to", async () => {
    const denied = refusal("SEC_E_LOGON_DENIED");
    const { channel, peer, failures } = scripted({ legs: [denied] });
    peer.write("me");
    await expect(channel.open(false)).rejects.toBe(denied);
    peer.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect(failures).toEqual([]);
    await expect(channel.write(Buffer.from("x"))).rejects.toBe(denied);
    await expect(channel.close()).rejects.toBe(denied);
  });

  it("gives up sending the token of a failed leg after a time limit", async () => {
    const { channel, peer } = scripted({ legs: [refusal("SEC_E_LOGON_DENIED", Buffer.alloc(100_000))] });
    peer.write("me");
    const begun = Date.now();
    await expect(channel.open(false)).rejects.toThrow("SEC_E_LOGON_DENIED");
    expect(Date.now() - begun).toBeGreaterThanOrEqual(900);
  });
});

describe("records of a secure channel", () => {
  it("are skipped if they are empty, and extra bytes are decrypted before more are read", async () => {
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
  ])(
    "of %s that begin with %j and are empty count as the peer's close: %s (provider with reportsClose: %s)",
    async (...row) => {
      const [name, type, closes, reportsClose] = row;
      const { channel, peer } = scripted({ package: name, reportsClose, reads: [data(""), data("more")] });
      peer.write(`${type}...`);
      const read = channel.read();
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (!closes) peer.write("more");
      expect((await read)?.toString()).toBe(closes ? undefined : "more");
    },
  );
});

describe("a peer's closing message on a secure channel", () => {
  it("C8 is read after the data that came with it", async () => {
    const { channel, peer } = scripted({ reads: [{ ...closing, data: Buffer.from("last words") }] });
    peer.write("x");
    expect((await channel.read())?.toString()).toBe("last words");
    expect(await channel.read()).toBeUndefined();
  });
});

describe("the peer check of a secure channel", () => {
  it("runs after the first handshake and after each renegotiation, because the peer's certificate may change", async () => {
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

describe("a renegotiation on a secure channel", () => {
  it("starts after the reader got the data before the request, and continues with the bytes after it", async () => {
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

  it("makes writers wait until it is complete", async () => {
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

  it("that the package does not start fails with SSPI_RENEGOTIATION instead of waiting", async () => {
    const { channel, peer } = scripted({ reads: [renegotiate], legs: [incomplete] });
    peer.write("x");
    await expect(channel.read()).rejects.toMatchObject({ code: "SSPI_RENEGOTIATION" });
  });

  it("that failed is over: the bytes after the peer's request are not decrypted as data", async () => {
    const asked = { ...renegotiate, extra: Buffer.from("hello request") };
    const { channel, context, peer } = scripted({ reads: [asked], legs: [refusal("SEC_E_LOGON_DENIED")] });
    peer.write("x");
    await expect(channel.read()).rejects.toThrow("SEC_E_LOGON_DENIED");
    const enough = new Error("enough");
    const read = channel.read();
    await new Promise((resolve) => setImmediate(resolve));
    await channel.dispose(enough);
    await expect(read).rejects.toBe(enough);
    expect(context.calls).toEqual(['decrypt "x"', "reauthenticate", 'step "hello request"', "close"]);
  });
});

describe("F13 a peer of a secure channel that", () => {
  it("asks for a fourth handshake within ten minutes is refused with SSPI_RENEGOTIATION", async () => {
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

  it("starts a renegotiation and sends nothing more times out after handshakeTimeout", async () => {
    const { channel, peer, failures } = scripted({ reads: [renegotiate], legs: [complete, again] }, undefined, 30);
    await channel.open(true);
    peer.write("x");
    const read = channel.read();
    await expect.poll(() => failures.length).toBe(1);
    expect(failures[0]).toMatchObject({ code: "SSPI_HANDSHAKE_TIMEOUT" });
    await channel.dispose(failures[0] as Error);
    await expect(read).rejects.toBe(failures[0]);
  });

  it("sends a longer record than the package allows is refused with SSPI_RECORD_TOO_LONG at the size limit", async () => {
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

  it("sends a record without an end is refused after 1 MiB if the package does not say how long its records are", async () => {
    const { channel, peer } = scripted({
      sizes: refusal("SEC_E_UNSUPPORTED_FUNCTION"),
      legs: [complete],
      reads: [incomplete, incomplete],
    });
    await channel.open(true);
    peer.write(Buffer.alloc(2 ** 20));
    const read = channel.read();
    await expect.poll(() => peer.writableLength).toBe(0);
    peer.write("x");
    await expect(read).rejects.toMatchObject({
      code: "SSPI_RECORD_TOO_LONG",
      message: expect.stringMatching(/, 1048577 bytes so far$/),
    });
  });

  it("sends a record byte by byte has it decrypted only when the missing bytes have arrived", async () => {
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

describe("what is written to a secure channel", () => {
  it("is encrypted in parts of 64 KiB, and nothing is encrypted for an empty message", async () => {
    const { channel, context } = scripted({});
    await channel.write(Buffer.alloc(2 ** 16));
    await channel.write(Buffer.alloc(0));
    await channel.write(Buffer.alloc(2 ** 16 + 1));
    expect(context.calls).toEqual(["encrypt 65536", "encrypt 65536", "encrypt 1"]);
  });
});

describe("a mistake in the query of a package's record sizes", () => {
  it("fails the handshake, and is not taken for a package that has no sizes", async () => {
    const mistake = new TypeError("a mistake");
    const { channel } = scripted({ sizes: mistake, legs: [complete] });
    await expect(channel.open(true)).rejects.toBe(mistake);
  });
});

describe("the close of a secure channel", () => {
  it("sends the closing message after all written data", async () => {
    const { channel, context, peer } = scripted({});
    await channel.write(Buffer.alloc(70_000));
    await channel.close();
    // A long message is written in parts, so that other work can run between them.
    expect(context.calls).toEqual(["encrypt 65536", "encrypt 4464", "shutdown"]);
    expect((peer.read() as Buffer).toString()).toBe("<65536><4464>goodbye");
  });

  it("ends only the transport if the package has no closing message", async () => {
    const { channel, peer } = scripted({ shutdown: () => Promise.reject(refusal("SEC_E_UNSUPPORTED_FUNCTION")) });
    await channel.close();
    expect(peer.read()).toBeNull();
    await expect.poll(() => peer.readableEnded).toBe(true);
  });

  it("fails with the package's error", async () => {
    const { channel } = scripted({ shutdown: () => Promise.reject(refusal("SEC_E_LOGON_DENIED")) });
    await expect(channel.close()).rejects.toThrow("SEC_E_LOGON_DENIED");
  });

  it("fails with the package's error even after the peer's close, because the peer expects an answer", async () => {
    const denied = refusal("SEC_E_LOGON_DENIED");
    const { channel, peer } = scripted({ reads: [closing], shutdown: () => Promise.reject(denied) });
    peer.write("x");
    expect(await channel.read()).toBeUndefined();
    await expect(channel.close()).rejects.toBe(denied);
  });

  it("succeeds if the peer sent its closing message and is gone", async () => {
    const { channel, peer, failures } = scripted({ reads: [closing] });
    peer.write("x");
    expect(await channel.read()).toBeUndefined();
    peer.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    await channel.close();
    expect(failures).toEqual([]);
  });

  it("fails with ECONNRESET if the peer is gone without a closing message", async () => {
    const { channel, peer, failures } = scripted({});
    peer.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    await expect(channel.close()).rejects.toThrow("ECONNRESET");
    expect(failures).toHaveLength(1);
  });

  it("with dispose() closes the context once and waits for the running leg", async () => {
    const { channel, context, peer } = scripted({ legs: [complete] });
    const opened = channel.open(true);
    await new Promise((resolve) => process.nextTick(resolve));
    await channel.dispose(new Error("enough"));
    expect(context.calls).toEqual(["step nothing", "close"]);
    await opened;
    expect(peer.destroyed).toBe(true);
  });
});
