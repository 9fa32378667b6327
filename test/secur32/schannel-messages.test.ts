import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { StreamRead } from "../../src/index.ts";
import { SchannelStream } from "./schannel-stream.ts";

/** The size of Node's record for `length` bytes of data: plus 5 bytes of header, 8 of nonce and 16 of tag. */
const recordOf = (length: number): number => length + 29;

function isData(read: StreamRead): asserts read is StreamRead & { status: "data" } {
  expect(read).toMatchObject({ status: "data", code: "SEC_E_OK" });
}

/** Waits until the server received `length` bytes and returns them. */
async function served({ served }: SchannelStream, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let size = 0; size < length; size += pieces.at(-1)?.length ?? 0)
    pieces.push(((await once(served, "data")) as [Buffer])[0]);
  return Buffer.concat(pieces);
}

describe("Schannel's records and Node's TLS 1.2 server", () => {
  it.each([1, 16_383, 16_384, 16_385, 200_000])("carry %i bytes in both directions", async (length) => {
    await using stream = await SchannelStream.open();
    const { client } = stream;
    const message = randomBytes(length);
    const sealed = client.encrypt(message);
    // A record holds 16 KiB, so a longer message becomes several records.
    expect(sealed.length).toBe(length + Math.ceil(length / 16_384) * 29);
    stream.socket.write(sealed);
    expect(await served(stream, length)).toEqual(message);
    stream.served.write(message);
    const pieces: Buffer[] = [];
    for (let rest = Buffer.alloc(0), size = 0; size < length; ) {
      const read = client.decryptStream(rest);
      if (read.status === "incomplete-message") {
        rest = Buffer.concat([rest, await stream.take(1)]);
        continue;
      }
      isData(read);
      pieces.push(read.data);
      size += read.data.length;
      rest = Buffer.from(read.extra ?? []);
    }
    expect(Buffer.concat(pieces)).toEqual(message);
  });

  it.each([false, true])(
    "report how many bytes are missing, wherever a record is cut; in place: %s",
    async (inPlace) => {
      await using stream = await SchannelStream.open();
      const { client } = stream;
      const read = (bytes: Buffer): StreamRead =>
        inPlace ? client.decryptStreamInPlace(bytes) : client.decryptStream(bytes);
      stream.served.write("in one record");
      const record = await stream.take(recordOf(13));
      expect(record.length).toBe(recordOf(13));
      const before = Buffer.from(record);
      for (let cut = 0; cut < record.length; cut += 1) {
        const missing = cut < 5 ? 5 - cut : record.length - cut;
        expect(read(record.subarray(0, cut)), `${cut} bytes`).toEqual({
          status: "incomplete-message",
          code: "SEC_E_INCOMPLETE_MESSAGE",
          missing,
        });
      }
      expect(record).toEqual(before);
      const complete = read(record);
      isData(complete);
      expect([complete.data.toString(), "extra" in complete]).toEqual(["in one record", false]);
      expect(record.equals(before)).toBe(!inPlace);
    },
  );

  it.each([false, true])(
    "return the bytes after a record as extra bytes, wherever these are cut; in place: %s",
    async (inPlace) => {
      await using stream = await SchannelStream.open();
      const { client } = stream;
      const read = (bytes: Buffer): StreamRead =>
        inPlace ? client.decryptStreamInPlace(bytes) : client.decryptStream(bytes);
      const next = Buffer.alloc(40, "the next record");
      for (let cut = 1; cut <= next.length; cut += 1) {
        stream.served.write(`message ${cut}`);
        const text = `message ${cut}`;
        const bytes = Buffer.concat([await stream.take(recordOf(text.length)), next.subarray(0, cut)]);
        const before = Buffer.from(bytes);
        const complete = read(bytes);
        isData(complete);
        expect(complete.data.toString()).toBe(text);
        expect(complete.extra).toEqual(next.subarray(0, cut));
        // The extra bytes are the caller's memory, not a copy.
        expect(complete.extra?.byteOffset).toBe(bytes.byteOffset + recordOf(text.length));
        expect(bytes.equals(before)).toBe(!inPlace);
      }
    },
  );

  it("can be encrypted and decrypted buffer by buffer in place", async () => {
    await using stream = await SchannelStream.open();
    const { client } = stream;
    const { cbHeader, cbTrailer } = client.query("streamSizes");
    const record = Buffer.alloc(cbHeader + 17 + cbTrailer);
    record.write("in its own buffer", cbHeader);
    const parts = client.encryptBuffersInPlace([
      { type: "streamHeader", bytes: record.subarray(0, cbHeader) },
      { type: "data", bytes: record.subarray(cbHeader, cbHeader + 17) },
      { type: "streamTrailer", bytes: record.subarray(cbHeader + 17) },
      { type: "empty" },
    ]);
    const sealed = parts.reduce((size, { bytes }) => size + bytes.length, 0);
    expect(parts.map(({ type }) => type)).toEqual(["streamHeader", "data", "streamTrailer", "empty"]);
    expect(sealed).toBe(recordOf(17));
    stream.socket.write(record.subarray(0, sealed));
    expect((await served(stream, 17)).toString()).toBe("in its own buffer");
    stream.served.write("and back");
    const bytes = Buffer.concat([await stream.take(recordOf(8)), Buffer.from("next")]);
    const empty = { type: "empty" } as const;
    const opened = client.decryptBuffersInPlace([{ type: "data", bytes }, empty, empty, empty]);
    expect(opened.code).toBe("SEC_E_OK");
    const named = new Map(opened.parts.map((part) => [part.type, part]));
    expect(named.get("data")).toMatchObject({ within: 0, bytes: Buffer.from("and back") });
    expect(named.get("data")?.bytes.buffer).toBe(bytes.buffer);
    expect(named.get("extra")).toMatchObject({ within: 0, offset: recordOf(8), bytes: Buffer.from("next") });
  });

  it("are refused when a byte is altered", async () => {
    await using stream = await SchannelStream.open();
    stream.served.write("not what was sent");
    const record = await stream.take(recordOf(17));
    record[20] = (record[20] as number) ^ 1;
    expect(() => stream.client.decryptStream(record)).toThrow(
      expect.objectContaining({ name: "SspiError", operation: "DecryptMessage" }),
    );
  });

  it("end with the server's close_notify, which Wine reports as a record without data", async () => {
    await using stream = await SchannelStream.open();
    stream.served.end("bye");
    const bytes = await stream.take(recordOf(3) + recordOf(2));
    const read = stream.client.decryptStream(bytes);
    isData(read);
    expect(read.data.toString()).toBe("bye");
    expect(stream.client.decryptStream(read.extra as Buffer)).toEqual({
      status: "data",
      code: "SEC_E_OK",
      data: Buffer.alloc(0),
    });
  });

  it("cannot be empty on Wine, whose GnuTLS makes no record without data", async () => {
    await using stream = await SchannelStream.open();
    expect(() => stream.client.encrypt(Buffer.alloc(0))).toThrow(
      expect.objectContaining({ code: "SEC_E_INTERNAL_ERROR", operation: "EncryptMessage" }),
    );
  });

  it("have no token and no signature: decrypt(), the token methods and sign() throw", async () => {
    await using stream = await SchannelStream.open();
    const { client } = stream;
    const style = expect.objectContaining({ code: "SSPI_MESSAGE_STYLE" });
    expect(() => client.decrypt(Buffer.alloc(64))).toThrow(style);
    expect(() => client.encryptInPlace(Buffer.alloc(64), Buffer.alloc(1))).toThrow(style);
    expect(() => client.decryptInPlace(Buffer.alloc(64), Buffer.alloc(1))).toThrow(style);
    expect(() => client.sign(Buffer.alloc(1))).toThrow(
      expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "MakeSignature" }),
    );
  });
});
