import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { live } from "../../src/index.ts";
import { closed, type Ends, RecordStreams } from "./record-streams.ts";
import type { Tamper, WireEnd } from "./wire.ts";

/** The fault at one byte of the data that a side sends. */
type Fault = "change" | "lose" | "repeat" | "end" | "reset" | "close" | "silence";

function faulty(end: WireEnd, fault: Fault, at: number): Tamper {
  let passed = 0;
  let silent = false;
  return (bytes) => {
    const offset = at - passed;
    passed += bytes.length;
    if (silent) return [];
    if (offset < 0 || offset >= bytes.length) return [bytes];
    const [before, after] = [bytes.subarray(0, offset), bytes.subarray(offset)];
    if (fault === "change") return [before, Buffer.from([(after[0] as number) ^ 0x40]), after.subarray(1)];
    if (fault === "lose") return [before, after.subarray(1)];
    if (fault === "repeat") return [before, after.subarray(0, 1), after];
    silent = true;
    if (fault === "end") setImmediate(() => end.end());
    if (fault === "reset") setImmediate(() => end.destroy());
    if (fault === "close") setImmediate(() => end.other?.destroy());
    return [before];
  };
}

/** The bytes that a reader got, and whether its stream ended. */
interface Reading {
  readonly bytes: Buffer;
  readonly ended: boolean;
}

function read(stream: Ends["client"] | Ends["server"]): () => Reading {
  const parts: Buffer[] = [];
  let ended = false;
  stream.on("data", (part: Buffer) => parts.push(part)).on("error", () => {});
  stream.once("end", () => {
    ended = true;
  });
  return () => ({ bytes: Buffer.concat(parts), ended });
}

describe("a connection that is damaged or cut at any byte", () => {
  it("closes both streams; a reader got a prefix of the written data, and all of it if its stream ended", async () => {
    const streams = new RecordStreams({ maximumMessage: 500 });
    const faults = fc.constantFrom<Fault>("change", "lose", "repeat", "end", "reset", "close", "silence");
    const message = randomBytes(2000);
    await fc.assert(
      fc.asyncProperty(faults, fc.nat(2300), fc.nat(1), async (fault, at, side) => {
        // The signal ends the streams if the fault is silence.
        const options = { signal: AbortSignal.timeout(150) };
        const ends = streams.open({ client: options, server: options });
        const { client, server, wires } = ends;
        const wire = wires[side] as WireEnd;
        wire.tamper = faulty(wire, fault, at);
        const readings = [read(client), read(server)];
        client.end(message);
        server.end(message);
        await closed(client, server);
        for (const reading of readings) {
          const { bytes, ended } = reading();
          expect(bytes.equals(message.subarray(0, bytes.length))).toBe(true);
          if (ended) expect(bytes.length).toBe(message.length);
        }
        expect(wires.map(({ destroyed }) => destroyed)).toEqual([true, true]);
        expect(live()).toMatchObject({ credentials: 0, contexts: 0 });
      }),
      { numRuns: 150 },
    );
    expect(streams.contexts).toBe(0);
  }, 60_000);
});
