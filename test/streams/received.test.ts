import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Received } from "../../src/streams/received.ts";

describe("the buffer of received bytes", () => {
  it("contains what was appended and not yet taken, in every order of calls", () => {
    const step = fc.record({ piece: fc.uint8Array({ maxLength: 40 }), taken: fc.nat(60), rewritten: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const received = new Received();
        let expected: number[] = [];
        for (const { piece, taken, rewritten } of steps) {
          received.append(piece.slice());
          expected.push(...piece);
          const rest = received.bytes.subarray(Math.min(taken, received.length));
          received.replace(rewritten ? rest.slice() : rest);
          expected = expected.slice(taken);
          expect([...received.bytes]).toEqual(expected);
          expect(received.length).toBe(expected.length);
        }
      }),
    );
  });

  it("never writes into the caller's memory", () => {
    const chunk = Buffer.from("recordnext");
    const received = new Received();
    received.append(chunk.subarray(0, 6));
    received.append(Buffer.from("!!!"));
    received.replace(received.bytes.subarray(3));
    received.append(Buffer.from("???"));
    expect([String(chunk), Buffer.from(received.bytes).toString()]).toEqual(["recordnext", "ord!!!???"]);
  });

  it("contains what a package left elsewhere in the same memory, before the end of the bytes", () => {
    const received = new Received();
    received.append(Buffer.from("record"));
    received.append(Buffer.from("next"));
    received.replace(received.bytes.subarray(1, 4));
    expect([Buffer.from(received.bytes).toString(), received.length]).toEqual(["eco", 3]);
    received.append(Buffer.from("!"));
    expect(Buffer.from(received.bytes).toString()).toBe("eco!");
  });

  it("contains what a package made of all bytes, in memory of its own", () => {
    const received = new Received();
    received.append(Uint8Array.from(Buffer.from("record")));
    received.replace(Uint8Array.from(Buffer.from("RECORD")));
    expect(Buffer.from(received.bytes).toString()).toBe("RECORD");
  });

  it("F13 copies bytes that arrive one by one in proportion to their number", () => {
    const received = new Received();
    const rooms = new Set<ArrayBufferLike>();
    for (let count = 0; count < 100_000; count += 1) {
      received.append(Uint8Array.of(count));
      rooms.add(received.bytes.buffer);
    }
    expect(received.length).toBe(100_000);
    expect(rooms.size).toBeLessThan(10);
  });
});
