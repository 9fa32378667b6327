import { Duplex, PassThrough, Readable, Writable } from "node:stream";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { checkTransport, Transport } from "../../src/streams/transport.ts";
import { wire } from "./wire.ts";

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));
const gone = new Error("the cable is cut");
const enough = new Error("enough");

/** A transport over one end of a wire, with the failures that it reports. */
function over(highWaterMark?: number) {
  const [end, peer] = wire(highWaterMark);
  peer.on("error", () => {});
  const failures: Error[] = [];
  return { transport: new Transport(end, (error) => failures.push(error)), end, peer, failures };
}

const states = new WeakMap<Promise<unknown>, string>();
/** Whether a promise is pending, or how it has settled. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  promise.then(
    () => states.set(promise, "resolved"),
    () => states.set(promise, "rejected"),
  );
  await tick();
  return states.get(promise) ?? "pending";
}

describe("writing to a transport", () => {
  it("resolves at once while there is room, and otherwise when there is room again", async () => {
    const { transport, peer } = over(10);
    expect(await stateOf(transport.write(Buffer.alloc(5)))).toBe("resolved");
    const written = transport.write(Buffer.alloc(20));
    expect(await stateOf(written)).toBe("pending");
    peer.resume();
    await written;
  });

  it("writes nothing for no bytes, which would otherwise wait for room", async () => {
    const { transport, end } = over(10);
    void transport.write(Buffer.alloc(30));
    expect(end.writableNeedDrain).toBe(true);
    expect(await stateOf(transport.write(Buffer.alloc(0)))).toBe("resolved");
  });

  it("rejects with the transport's failure, while it waits and afterwards", async () => {
    const { transport, end, failures } = over(10);
    const written = transport.write(Buffer.alloc(30));
    const read = transport.read();
    end.destroy(gone);
    await expect(written).rejects.toBe(gone);
    await expect(read).rejects.toBe(gone);
    for (const late of [transport.write(Buffer.of(1)), transport.write(Buffer.alloc(0)), transport.read()])
      await expect(late).rejects.toBe(gone);
    expect(failures).toEqual([gone]);
  });
});

describe("reading from a transport", () => {
  it("returns what has arrived before its failure and its end", async () => {
    const { transport, peer, end } = over();
    peer.write("last words");
    peer.end();
    await tick();
    expect(String(await transport.read())).toBe("last words");
    expect(await transport.read()).toBeUndefined();
    expect(await transport.read()).toBeUndefined();
    expect(end.listenerCount("readable")).toBe(1);
  });
});

describe("work during which the transport is watched", () => {
  it("gives its result or its error, whatever arrives meanwhile", async () => {
    const { transport, peer } = over();
    let finish = (_: string): void => {};
    const work = new Promise<string>((resolve) => {
      finish = resolve;
    });
    const watched = transport.during(work);
    peer.write("early");
    expect(await stateOf(watched)).toBe("pending");
    finish("chosen");
    expect(await watched).toBe("chosen");
    await expect(transport.during(Promise.reject(enough))).rejects.toBe(enough);
  });

  it("is given up when the transport fails, and not begun to wait for afterwards", async () => {
    const { transport, end } = over();
    const watched = transport.during(new Promise(() => {}));
    end.destroy(gone);
    await expect(watched).rejects.toBe(gone);
    await expect(transport.during(Promise.resolve("late"))).rejects.toBe(gone);
  });
});

describe("the farewell of a transport", () => {
  it("sends the last token and ends this side", async () => {
    const { transport, end, peer } = over();
    await transport.farewell(Buffer.from("alert"));
    expect([String(peer.read()), end.writableFinished]).toEqual(["alert", true]);
  });

  it.each([undefined, new Uint8Array()])("leaves this side open without a token: %j", async (token) => {
    const { transport, end } = over();
    await transport.farewell(token);
    expect(end.writableEnded).toBe(false);
  });

  it("sends nothing over a transport that has failed", async () => {
    const { transport, end } = over();
    transport.destroy(enough);
    await transport.farewell(Buffer.from("alert"));
    expect([end.carried, end.writableEnded]).toEqual([0, false]);
  });

  it("leaves no timer behind when the token is sent", async () => {
    const [made, cleared] = [vi.spyOn(globalThis, "setTimeout"), vi.spyOn(globalThis, "clearTimeout")];
    onTestFinished(() => void vi.restoreAllMocks());
    await over().transport.farewell(Buffer.from("alert"));
    const limits = made.mock.results.filter((_, index) => made.mock.calls[index]?.[1] === 1000);
    expect(limits).toHaveLength(1);
    expect(cleared.mock.calls.some(([timer]) => timer === limits[0]?.value)).toBe(true);
  });
});

describe("the end of a transport", () => {
  it("rejects if the stream below is gone", async () => {
    const { transport, end, peer } = over();
    peer.destroy();
    await tick();
    expect(end.destroyed).toBe(true);
    await expect(transport.end()).rejects.toMatchObject({ code: "ERR_STREAM_DESTROYED" });
  });
});

describe("a transport that is destroyed", () => {
  it("rejects waiting calls with the first reason, closes the stream below, and reports no failure", async () => {
    const { transport, end, failures } = over();
    const waiting = [transport.read(), transport.during(new Promise(() => {}))];
    transport.destroy(enough);
    transport.destroy(gone);
    for (const call of waiting) await expect(call).rejects.toBe(enough);
    await tick();
    expect([end.destroyed, failures]).toEqual([true, []]);
  });

  it("listens to nothing of the stream below any more, except its errors, which nobody else handles", async () => {
    const { transport, end, failures } = over();
    transport.destroy(enough);
    const names = ["readable", "drain", "end", "close"] as const;
    expect(names.map((name) => end.listenerCount(name))).toEqual([0, 0, 0, 0]);
    end.emit("error", gone);
    expect(failures).toEqual([]);
  });

  it("keeps the failure that came first", async () => {
    const { transport, end, failures } = over();
    end.destroy(gone);
    await tick();
    transport.destroy(enough);
    await expect(transport.read()).rejects.toBe(gone);
    expect(failures).toEqual([gone]);
  });
});

describe("a stream below a secure stream", () => {
  const refused = (stream: unknown): string => {
    try {
      checkTransport(stream as Duplex);
      return "taken";
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      return (error as Error).message;
    }
  };
  const idle = { read() {}, write() {} };

  it.each(["read", "write", "end", "on", "off", "destroy"])("has to have %s()", (name) => {
    const lacking = Object.assign(new PassThrough(), { [name]: undefined });
    expect(refused(lacking)).toBe(`transport: expected a Duplex, got something without ${name}()`);
  });

  it("has to be one of bytes in both directions", () => {
    const objects = "transport: expected a Duplex of bytes, got one in object mode";
    for (const mode of ["readableObjectMode", "writableObjectMode"])
      expect(refused(new Duplex({ ...idle, [mode]: true }))).toBe(objects);
    expect(refused(new Duplex({ ...idle, encoding: "latin1" }))).toMatch(/got one that reads latin1 text$/);
    expect(refused(new Duplex(idle))).toBe("taken");
  });

  it("has to be open in both directions", async () => {
    const ended = "transport: expected a Duplex that is open both ways, got one that has ended";
    const halves: readonly Duplex[] = [
      new PassThrough().destroy(),
      new Duplex(idle).end(),
      Duplex.from(new Readable({ read() {} })),
      Duplex.from(new Writable({ write() {} })),
    ];
    expect(halves.map(refused)).toEqual([ended, ended, ended, ended]);
    const destroyed = Object.defineProperty(new Duplex(idle), "destroyed", { value: true });
    expect(refused(destroyed)).toBe(ended);
    const { proxy, revoke } = Proxy.revocable(new PassThrough(), {});
    revoke();
    expect(refused(proxy)).toMatch(/^transport: expected a Duplex, got /);
    for (const wrong of [undefined, null, "stream"]) expect(refused(wrong)).toMatch(/^transport: expected a Duplex/);
  });
});
