import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { live } from "../../src/memory/index.ts";
import { TlsContext, TlsEngine } from "../../src/tls/index.ts";
import { ecCertificate, rootPem } from "../fixtures/tls-certificates.ts";
import { caught } from "./engine-pair.ts";

/** How often each failure is repeated; `SSPI_TLS_FAILURES=20000` is the long run. */
const rounds = Number(process.env["SSPI_TLS_FAILURES"] ?? 300);

const failures = {
  "a name that is wrong": { servername: "elsewhere.example", spoil: (bytes: Buffer) => bytes },
  "a flight that was changed": {
    servername: "localhost",
    spoil: (bytes: Buffer) => {
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
      return bytes;
    },
  },
  "a flight that is cut": { servername: "localhost", spoil: (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1) },
};

setFlagsFromString("--expose-gc");
/** Collects garbage, so that JavaScript's unused memory does not count as a leak. */
const collect = runInNewContext("gc") as () => void;

function fail(
  client: TlsContext,
  server: TlsContext,
  { servername, spoil }: (typeof failures)[keyof typeof failures],
): void {
  using one = new TlsEngine(client, { servername });
  using other = new TlsEngine(server);
  one.handshake();
  other.feed(one.take());
  other.handshake();
  one.feed(spoil(other.take()));
  caught(() => {
    one.handshake();
    one.end();
  });
}

describe("handshakes that fail", () => {
  it(`leave nothing behind: ${rounds} of each kind, with counts at zero and memory that stays`, {
    timeout: 600_000,
  }, async () => {
    using client = new TlsContext({ side: "client", ca: rootPem });
    using server = new TlsContext({ side: "server", certificate: ecCertificate });
    const { tls: before } = live();
    const settled = async (count: number): Promise<number> => {
      for (let round = 0; round < count; round += 1) {
        for (const failure of Object.values(failures)) fail(client, server, failure);
        // Handshakes are synchronous, but the garbage collector's callbacks need a turn of the event loop.
        if (round % 50 === 0) await delay(0);
      }
      collect();
      await delay(50);
      return process.memoryUsage.rss();
    };
    const warm = await settled(100);
    const after = await settled(rounds);
    expect(live().tls).toBe(before);
    // 900 leaked connections would be more than 40 MiB.
    expect(after - warm).toBeLessThan(24 << 20);
  });
});
