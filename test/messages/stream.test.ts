import { constants } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  SECBUFFER_DATA,
  SECBUFFER_EMPTY,
  SECBUFFER_EXTRA,
  SECBUFFER_MISSING,
  SECQOP_WRAP_NO_ENCRYPT,
} from "../../generated/sspi/constants.ts";
import {
  SEC_E_DECRYPT_FAILURE,
  SEC_E_ENCRYPT_FAILURE,
  SEC_E_INCOMPLETE_MESSAGE,
  SEC_E_OK,
  SEC_I_CONTEXT_EXPIRED,
  SEC_I_RENEGOTIATE,
} from "../../generated/status/constants.ts";
import type { ClientContext, StreamRead } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import { writeNative } from "../scripted/scripted-heap.ts";
import type { MessageCall, Script } from "../scripted/scripted-script.ts";
import { opening, recordPackage } from "./records.ts";

const sizes = { header: 13, trailer: 36, maximum: 16_384 };

type Read = (client: ClientContext, bytes: Uint8Array) => StreamRead;

const ways: readonly [string, Read][] = [
  ["decryptStream", (client, bytes) => client.decryptStream(bytes)],
  ["decryptStreamInPlace", (client, bytes) => client.decryptStreamInPlace(bytes)],
];

/** Passes a stream's bytes in chunks to `read`, as a socket would; returns the data of its records. */
function readAll(client: ClientContext, read: Read, bytes: Buffer, chunks: readonly number[]): Buffer[] {
  const data: Buffer[] = [];
  let kept: Buffer = Buffer.alloc(0);
  for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
    const size = chunks[turn % chunks.length] as number;
    kept = Buffer.concat([kept, bytes.subarray(from, from + size)]);
    from += size;
    while (kept.length > 0) {
      const answer = read(client, kept);
      if (answer.status === "incomplete-message") break;
      if (answer.status !== "data") throw new Error(answer.status);
      data.push(Buffer.from(answer.data));
      kept = answer.extra ?? Buffer.alloc(0);
    }
  }
  expect(kept.length).toBe(0);
  return data;
}

/** A record of {@link recordPackage}, however long: a peer's may be longer than ours. */
function recordOf(data: Uint8Array, header: number, trailer: number): Buffer {
  const head = Buffer.alloc(header, "H");
  head.set([0x52, header, trailer]);
  head.writeUInt32BE(data.length, 3);
  return Buffer.concat([head, data.map((byte) => byte ^ 0xff), Buffer.alloc(trailer, "T")]);
}

describe("a record that is longer than ours may be", () => {
  it.each(ways)("is given back whole with all that follows it, wherever it ends (%s)", (_, read) => {
    const [header, trailer, maximum] = [7, 4, 100];
    // The number of bytes that are read first: 2 KiB more than our longest record.
    const window = header + maximum + trailer + 2048;
    using client = complete(scripted(recordPackage({ header, trailer, maximum })));
    const lengths = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3000, max: 6000 }));
    const more = fc.oneof(fc.nat(3), fc.nat(5000));
    fc.assert(
      fc.property(lengths, more, (beyond, rest) => {
        const length = Math.max(header + trailer, window + beyond);
        const data = Buffer.alloc(length - header - trailer, "data");
        const extra = Buffer.alloc(rest, "what follows");
        const answer = read(client, Buffer.concat([recordOf(data, header, trailer), extra]));
        if (answer.status !== "data") throw new Error(answer.status);
        expect(data.equals(answer.data)).toBe(true);
        expect(Buffer.from(answer.extra ?? []).equals(extra)).toBe(true);
      }),
    );
  });
});

describe("a stream", () => {
  it.each(ways)(
    "gives back any message, whatever the record's sizes and wherever the bytes are cut (%s)",
    (_, read) => {
      const any = fc.record({
        maximum: fc.integer({ min: 1, max: 300 }),
        room: fc.record({ header: fc.integer({ min: 7, max: 40 }), trailer: fc.nat(40) }),
        unused: fc.record({ header: fc.nat(9), trailer: fc.nat(9) }),
        messages: fc.array(fc.uint8Array({ maxLength: 1_000 }), { minLength: 1, maxLength: 4 }),
        chunks: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 9 }),
      });
      fc.assert(
        fc.property(any, ({ maximum, room, unused, messages, chunks }) => {
          const used = {
            header: Math.max(7, room.header - unused.header),
            trailer: Math.max(0, room.trailer - unused.trailer),
          };
          using client = complete(scripted(recordPackage({ ...room, maximum }, used)));
          const sealed = messages.map((message) => client.encrypt(message));
          const counts = messages.map(({ length }) => Math.max(1, Math.ceil(length / maximum)));
          const overhead = used.header + used.trailer;
          expect(sealed.map(({ length }) => length)).toEqual(
            messages.map(({ length }, index) => length + (counts[index] as number) * overhead),
          );
          const records = readAll(client, read, Buffer.concat(sealed), chunks);
          expect(records.length).toBe(counts.reduce((sum, count) => sum + count));
          expect(Buffer.concat(records)).toEqual(Buffer.concat(messages));
        }),
        { numRuns: 60 },
      );
    },
  );

  it("makes one record without data of an empty message", () => {
    using client = complete(scripted(recordPackage(sizes)));
    const sealed = client.encrypt(Buffer.alloc(0));
    expect(sealed.length).toBe(49);
    expect(client.decryptStream(sealed)).toEqual({ status: "data", code: "SEC_E_OK", data: Buffer.alloc(0) });
  });

  it("leaves the message as it was, and fails as the package does", () => {
    using client = complete(scripted(recordPackage(sizes)));
    const message = Buffer.from("mine");
    client.encrypt(message);
    expect(message.toString()).toBe("mine");
    using refusing = complete(scripted({ ...recordPackage(sizes), encrypt: () => SEC_E_ENCRYPT_FAILURE }));
    expect(() => refusing.encrypt(message)).toThrow(
      expect.objectContaining({ code: "SEC_E_ENCRYPT_FAILURE", operation: "EncryptMessage" }),
    );
  });

  it("is refused before the package is called where it would be longer than a buffer can be", () => {
    const largest = 2 ** 24;
    const sspi = scripted(recordPackage({ header: largest, trailer: largest, maximum: 1 }));
    using client = complete(sspi);
    // Zeros, which cost no memory.
    const message = new Uint8Array(Math.ceil(constants.MAX_LENGTH / (2 * largest)));
    expect(() => client.encrypt(message)).toThrow(
      new RangeError(`message: too long for one buffer of records, ${message.length} bytes`),
    );
    expect(sspi.count("EncryptMessage")).toBe(0);
  });

  it("is not copied whole for each of the records that came at once", () => {
    const described: number[] = [];
    const decrypt = (call: MessageCall): number => {
      described.push(call.buffers.all[0]?.size as number);
      return opening(call);
    };
    using client = complete(scripted({ ...recordPackage({ header: 13, trailer: 36, maximum: 100 }), decrypt }));
    const records = readAll(
      client,
      (to, bytes) => to.decryptStream(bytes),
      client.encrypt(Buffer.alloc(20_000)),
      [1e6],
    );
    expect(records.length).toBe(200);
    expect(Math.max(...described)).toBe(100 + 13 + 36 + 2048);
  });

  it("may hold a record that is longer than the longest of ours", () => {
    using client = complete(scripted(recordPackage({ header: 13, trailer: 36, maximum: 100 })));
    using peer = complete(scripted(recordPackage({ header: 13, trailer: 36, maximum: 10_000 })));
    const bytes = Buffer.concat([peer.encrypt(Buffer.alloc(10_000, "x")), Buffer.from("after")]);
    const read = client.decryptStream(bytes);
    expect(read).toMatchObject({ status: "data", data: Buffer.alloc(10_000, "x"), extra: Buffer.from("after") });
  });
});

describe.each(ways)("%s", (name, read) => {
  const inPlace = name.endsWith("InPlace");
  const answering = (decrypt: Script["decrypt"]): ClientContext =>
    complete(scripted({ ...recordPackage(sizes), ...(decrypt && { decrypt }) }));

  it("gives the package the bytes as data with three empty buffers", () => {
    const seen: unknown[] = [];
    using client = answering((call) => {
      seen.push(...call.buffers.all.map(({ type, size }) => [type, size]));
      return opening(call);
    });
    read(client, client.encrypt(Buffer.from("m")));
    const empty = [SECBUFFER_EMPTY, 0];
    expect(seen).toEqual([[SECBUFFER_DATA, 50], empty, empty, empty]);
  });

  it(
    inPlace ? "answers views of the bytes" : "leaves the bytes alone, and answers a view of those after the record",
    () => {
      using client = answering(undefined);
      const bytes = Buffer.concat([client.encrypt(Buffer.from("plain")), Buffer.from("more")]);
      const before = Buffer.from(bytes);
      const answer = read(client, bytes);
      if (answer.status !== "data") throw new Error(answer.status);
      expect([answer.data.toString(), answer.extra?.toString()]).toEqual(["plain", "more"]);
      expect(answer.extra?.byteOffset).toBe(bytes.byteOffset + 54);
      if (inPlace) expect(answer.data.byteOffset).toBe(bytes.byteOffset + 13);
      else expect(bytes).toEqual(before);
    },
  );

  it("does not ask the package about less than a record's head", () => {
    const sspi = scripted(recordPackage(sizes));
    using client = complete(sspi);
    for (const length of [0, 1, 4])
      expect(read(client, Buffer.alloc(length))).toEqual({
        status: "incomplete-message",
        code: "SEC_E_INCOMPLETE_MESSAGE",
        missing: 5 - length,
      });
    expect(sspi.count("DecryptMessage")).toBe(0);
  });

  it("asks the package about a record's head and nothing more", () => {
    const sspi = scripted({ ...recordPackage(sizes), decrypt: () => SEC_E_INCOMPLETE_MESSAGE });
    using client = complete(sspi);
    expect(read(client, Buffer.alloc(5)).status).toBe("incomplete-message");
    expect(sspi.count("DecryptMessage")).toBe(1);
  });

  it("says how much is missing where the package does, and only then", () => {
    using silent = answering(() => SEC_E_INCOMPLETE_MESSAGE);
    expect(read(silent, Buffer.alloc(9))).toEqual({ status: "incomplete-message", code: "SEC_E_INCOMPLETE_MESSAGE" });
    for (const index of [0, 1]) {
      using telling = answering(({ buffers }) => {
        buffers.change(index, { type: SECBUFFER_MISSING, size: 77 });
        return SEC_E_INCOMPLETE_MESSAGE;
      });
      expect(read(telling, Buffer.alloc(9))).toMatchObject({ missing: 77 });
    }
  });

  it("returns what the peer sent to negotiate again", () => {
    const wanting = (change: (call: MessageCall) => void): ClientContext =>
      answering((call) => {
        change(call);
        return SEC_I_RENEGOTIATE;
      });
    const renegotiate = { status: "renegotiate", code: "SEC_I_RENEGOTIATE" };
    // Input that the package left unchanged is no plaintext.
    using untouched = wanting(({ buffers }) => buffers.change(1, { type: SECBUFFER_EXTRA, size: 6 }));
    expect(read(untouched, Buffer.from("record, hello!"))).toEqual({ ...renegotiate, extra: Buffer.from("hello!") });
    using bare = wanting(({ buffers }) => buffers.change(0, { type: SECBUFFER_EMPTY, size: 0 }));
    expect(read(bare, Buffer.alloc(9))).toEqual(renegotiate);
    using withData = wanting(opening);
    const record = withData.encrypt(Buffer.from("and data"));
    expect(read(withData, record)).toEqual({ ...renegotiate, data: Buffer.from("and data") });
  });

  it("has no property for data and extra bytes where there are none", () => {
    for (const [status, answer] of [
      [SEC_E_OK, { status: "data", code: "SEC_E_OK", data: Buffer.alloc(0) }],
      [SEC_I_RENEGOTIATE, { status: "renegotiate", code: "SEC_I_RENEGOTIATE" }],
      [SEC_I_CONTEXT_EXPIRED, { status: "closed", code: "SEC_I_CONTEXT_EXPIRED" }],
    ] as const) {
      using client = answering(({ buffers }) => {
        buffers.change(0, { type: SECBUFFER_EMPTY, size: 0 });
        buffers.change(1, { type: SECBUFFER_DATA, size: 0 });
        return status;
      });
      expect(read(client, Buffer.alloc(9))).toStrictEqual(answer);
    }
  });

  it("returns the data that the package leaves at the beginning of the bytes", () => {
    using client = answering(({ buffers }) => {
      buffers.change(0, { size: 5 });
      return SEC_E_OK;
    });
    expect(read(client, Buffer.from("plaintext"))).toMatchObject({ status: "data", data: Buffer.from("plain") });
  });

  it("D2 takes no size from the list's descriptor, whatever the package writes there", () => {
    using client = answering(({ buffers }) => {
      buffers.change(0, { type: SECBUFFER_EMPTY, size: 0 });
      writeNative(buffers.address, Uint8Array.of(4));
      return SEC_E_OK;
    });
    expect(read(client, Buffer.alloc(9))).toStrictEqual({ status: "data", code: "SEC_E_OK", data: Buffer.alloc(0) });
  });

  it("C8 is data of no bytes where the package succeeds and names no data, and what follows is kept", () => {
    using client = answering(({ buffers }) => {
      const { address } = buffers.all[0] as { address: bigint };
      for (let index = 0; index < 4; index += 1) buffers.change(index, { type: SECBUFFER_EMPTY, size: 0, address: 0n });
      buffers.change(3, { type: SECBUFFER_EXTRA, size: 4, address: address + 10n });
      return SEC_E_OK;
    });
    const nothing = { status: "data", code: "SEC_E_OK", data: Buffer.alloc(0), extra: Buffer.from("more") };
    expect(read(client, Buffer.from("one rec...more"))).toEqual(nothing);
  });

  it("C8 gives the data that comes with the end of the stream", () => {
    using client = answering((call) => {
      opening(call);
      return SEC_I_CONTEXT_EXPIRED;
    });
    const record = client.encrypt(Buffer.from("last words"));
    const last = { status: "closed", code: "SEC_I_CONTEXT_EXPIRED", data: Buffer.from("last words") };
    expect(read(client, record)).toEqual(last);
  });

  it("reports the end of the stream, and loses nothing that comes after", () => {
    using client = answering(({ buffers }) => {
      buffers.change(0, { type: SECBUFFER_EMPTY, size: 0 });
      buffers.change(3, { type: SECBUFFER_EXTRA, size: 3 });
      return SEC_I_CONTEXT_EXPIRED;
    });
    expect(read(client, Buffer.from("the end.txt"))).toEqual({
      status: "closed",
      code: "SEC_I_CONTEXT_EXPIRED",
      extra: Buffer.from("txt"),
    });
  });

  it("refuses a record that was only signed, unless that is allowed", () => {
    using client = answering((call) => {
      call.answerQuality(SECQOP_WRAP_NO_ENCRYPT);
      return opening(call);
    });
    const record = client.encrypt(Buffer.from("readable"));
    expect(() => read(client, Buffer.from(record))).toThrow(
      expect.objectContaining({ name: "NotEncryptedError", code: "SSPI_NOT_ENCRYPTED" }),
    );
    const options = { allowUnencrypted: true };
    const allowed = inPlace ? client.decryptStreamInPlace(record, options) : client.decryptStream(record, options);
    expect(allowed).toMatchObject({ status: "data", data: Buffer.from("readable") });
  });

  it("fails as the package does", () => {
    using client = answering(() => SEC_E_DECRYPT_FAILURE);
    expect(() => read(client, Buffer.alloc(50))).toThrow(
      expect.objectContaining({ code: "SEC_E_DECRYPT_FAILURE", operation: "DecryptMessage" }),
    );
  });

  it("is an error where the package names no part of the record, or bytes outside the record: never other bytes in its place", () => {
    const changes: ((call: MessageCall, address: bigint) => void)[] = [
      ({ buffers }, address) => buffers.change(0, { address: address - 8n, size: 4 }),
      ({ buffers }, address) => buffers.change(0, { address: address + 47n, size: 4 }),
      ({ buffers }) => buffers.change(1, { type: SECBUFFER_EXTRA, size: 51 }),
      ({ buffers }) => buffers.change(1, { type: SECBUFFER_EXTRA, size: 1 }),
    ];
    for (const change of changes) {
      using client = answering((call) => {
        change(call, call.buffers.all[0]?.address as bigint);
        return SEC_E_OK;
      });
      expect(() => read(client, Buffer.alloc(50))).toThrow(
        expect.objectContaining({ code: "SEC_E_INTERNAL_ERROR", operation: "DecryptMessage" }),
      );
    }
  });

  it.each([
    ["succeeds", SEC_E_OK],
    ["negotiates again", SEC_I_RENEGOTIATE],
  ])("is an error where the package %s and moves all of the record: those bytes are others", (_, status) => {
    for (const by of [-1n, 1n]) {
      using client = answering(({ buffers }) => {
        buffers.change(0, { address: (buffers.all[0]?.address as bigint) + by });
        return status;
      });
      expect(() => read(client, Buffer.alloc(50))).toThrow(
        expect.objectContaining({
          code: "SEC_E_INTERNAL_ERROR",
          cause: new RangeError("the package named bytes outside the record"),
        }),
      );
    }
  });

  it("is refused by a context that protects messages", () => {
    using client = complete(scripted({ decrypt: opening }));
    expect(() => read(client, Buffer.alloc(50))).toThrow(
      expect.objectContaining({ name: "MessageStyleError", message: expect.stringContaining(`${name}: `) }),
    );
  });
});
