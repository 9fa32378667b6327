import { once } from "node:events";
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { Transport } from "../../src/streams/transport.ts";
import { closed } from "./record-streams.ts";
import { wire } from "./wire.ts";

/** A TCP connection on loopback: our end is made by `net.connect`, the peer's end may stay half open. */
async function connected(): Promise<{ readonly ours: Socket; readonly peer: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const ours = dial((server.address() as AddressInfo).port, "127.0.0.1");
  const [[peer]] = await Promise.all([once(server, "connection") as Promise<[Socket]>, once(ours, "connect")]);
  onTestFinished(() => {
    ours.destroy();
    peer.destroy();
  });
  return { ours, peer };
}

/** A stream whose writes never complete. */
class Stuck extends Duplex {
  override _read(): void {}
  override _write(): void {}
}

/** A transport over `stream`, and the failures that it reports outside of any call. */
function failuresOf(stream: Duplex): { readonly transport: Transport; readonly failures: Error[] } {
  const failures: Error[] = [];
  return { transport: new Transport(stream, (error) => failures.push(error)), failures };
}

const closedUnder = { code: "SSPI_TRANSPORT_CLOSED", message: "the transport was closed under the stream" };

describe("a transport whose peer has ended", () => {
  it("still delivers everything that is written afterwards, even over a TCP socket of net.connect", async () => {
    const { ours, peer } = await connected();
    const { transport, failures } = failuresOf(ours);
    const heard = text(peer);
    peer.end("goodbye");
    expect((await transport.read())?.toString()).toBe("goodbye");
    expect(await transport.read()).toBeUndefined();
    // Without allowHalfOpen, the socket would have ended its own side by now.
    await new Promise((resolve) => setImmediate(resolve));
    await transport.write(Buffer.from("close_notify"));
    await transport.end();
    expect(await heard).toBe("close_notify");
    await once(ours, "close");
    expect(failures).toEqual([]);
  });

  it("closes without an error after everything written was sent", async () => {
    const [end, peer] = wire();
    const { transport, failures } = failuresOf(end);
    peer.end();
    expect(await transport.read()).toBeUndefined();
    await transport.write(Buffer.from("last words"));
    await transport.end();
    await closed(end);
    expect(failures).toEqual([]);
  });

  it.each([
    ["something that was written has not left", (transport: Transport) => transport.write(Buffer.from("lost"))],
    [
      "its own end waits for that",
      async (transport: Transport) => {
        await transport.write(Buffer.from("lost"));
        await transport.end().catch(() => {});
      },
    ],
    ["it has not been ended", async () => {}],
  ])("fails with SSPI_TRANSPORT_CLOSED if it closes and %s", async (_what, work) => {
    const stream = new Stuck();
    const { transport, failures } = failuresOf(stream);
    stream.push(null);
    expect(await transport.read()).toBeUndefined();
    // The result is ignored: a Duplex destroyed before it finished does not always call the callback of end().
    void work(transport);
    await new Promise((resolve) => setImmediate(resolve));
    stream.destroy();
    await once(stream, "close");
    expect(failures).toMatchObject([closedUnder]);
    await expect(transport.write(Buffer.from("more"))).rejects.toMatchObject(closedUnder);
  });
});
