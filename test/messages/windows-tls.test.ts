import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClientContext, StreamRead } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import { openedRecord, sealedRecord, windowsTls13 } from "../scripted/windows-tls.ts";

type Read = (client: ClientContext, bytes: Uint8Array) => StreamRead;

const ways: readonly [string, Read][] = [
  ["decryptStream", (client, bytes) => client.decryptStream(bytes)],
  ["decryptStreamInPlace", (client, bytes) => client.decryptStreamInPlace(bytes)],
];
const ticket = Buffer.from("a ticket");

/** Removes the first record, as a leg does that receives what `decryptStream` left. */
function stepped(extra: Buffer, seen: Buffer[]): Buffer {
  const length = 5 + extra.readUInt16BE(3);
  seen.push(Buffer.from(extra.subarray(0, length)));
  return extra.subarray(length);
}

/** Everything that a stream holds: the data of its records, and each handshake message as a leg would receive it. */
function readAll(client: ClientContext, read: Read, bytes: Buffer, chunk: number) {
  const [data, messages]: [Buffer[], Buffer[]] = [[], []];
  let kept: Buffer = Buffer.alloc(0);
  for (let from = 0; from < bytes.length; from += chunk) {
    kept = Buffer.concat([kept, bytes.subarray(from, from + chunk)]);
    while (kept.length > 0) {
      const answer = read(client, kept);
      if (answer.status === "incomplete-message") break;
      if (answer.status === "data") data.push(Buffer.from(answer.data));
      const extra = answer.extra ?? Buffer.alloc(0);
      kept = answer.status === "renegotiate" ? stepped(extra, messages) : extra;
    }
  }
  expect(kept.length).toBe(0);
  return { data, messages };
}

describe("a TLS 1.3 stream as Windows decrypts it", () => {
  it.each(ways)("%s gives a ticket for step() as DecryptMessage has rewritten it", (_, read) => {
    using client = complete(scripted(windowsTls13()));
    const extra = openedRecord(ticket);
    const bytes = sealedRecord("handshake", ticket);
    expect(read(client, bytes)).toEqual({ status: "renegotiate", code: "SEC_I_RENEGOTIATE", extra });
  });

  it("decryptStreamInPlace gives a ticket for step() as a view of the caller's bytes", () => {
    using client = complete(scripted(windowsTls13()));
    const bytes = sealedRecord("handshake", ticket);
    const { extra } = client.decryptStreamInPlace(bytes) as { extra: Buffer };
    bytes.fill(7);
    expect(extra).toEqual(Buffer.alloc(extra.length, 7));
  });

  it("decryptStream leaves the caller's bytes as they came", () => {
    using client = complete(scripted(windowsTls13()));
    const bytes = sealedRecord("handshake", ticket);
    const before = Buffer.from(bytes);
    client.decryptStream(bytes);
    expect(bytes).toEqual(before);
  });

  it.each(ways)("%s reads two tickets and data that came in one chunk", (_, read) => {
    using client = complete(scripted(windowsTls13()));
    const sent = [sealedRecord("handshake", ticket), sealedRecord("handshake", ticket), sealedRecord("data", ticket)];
    expect(readAll(client, read, Buffer.concat(sent), 1000)).toEqual({
      data: [ticket],
      messages: [openedRecord(ticket), openedRecord(ticket)],
    });
  });

  it("decryptStream loses nothing beyond the part of the stream that the package was shown", () => {
    using client = complete(scripted(windowsTls13()));
    const rest = Buffer.concat(Array.from({ length: 40 }, () => sealedRecord("data", Buffer.alloc(100, "d"))));
    const read = client.decryptStream(Buffer.concat([sealedRecord("handshake", ticket), rest]));
    expect(read).toMatchObject({ status: "renegotiate", extra: Buffer.concat([openedRecord(ticket), rest]) });
  });

  it.each(ways)("%s gives every record once, whatever they are and wherever the stream is cut", (_, read) => {
    const type = fc.constantFrom("handshake" as const, "data" as const);
    const records = fc.array(fc.tuple(type, fc.uint8Array({ maxLength: 100 })), { maxLength: 60 });
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 6000 }), (all, chunk) => {
        using client = complete(scripted(windowsTls13()));
        const sent = Buffer.concat(all.map(([what, content]) => sealedRecord(what, content)));
        const of = (what: string) => all.filter(([one]) => one === what).map(([, content]) => Buffer.from(content));
        expect(readAll(client, read, sent, chunk)).toEqual({
          data: of("data"),
          messages: of("handshake").map(openedRecord),
        });
      }),
      { numRuns: 40 },
    );
  });
});
