import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  SECBUFFER_DATA,
  SECBUFFER_EMPTY,
  SECBUFFER_EXTRA,
  SECBUFFER_PADDING,
  SECBUFFER_READONLY,
  SECBUFFER_READONLY_WITH_CHECKSUM,
  SECBUFFER_STREAM,
  SECBUFFER_TOKEN,
  SECQOP_WRAP_NO_ENCRYPT,
} from "../../generated/sspi/constants.ts";
import { SEC_E_INCOMPLETE_MESSAGE, SEC_E_MESSAGE_ALTERED, SEC_E_OK } from "../../generated/status/constants.ts";
import type { ClientContext, MessageBuffer, MessagePart } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall, Script } from "../scripted/scripted-script.ts";

const invert = (bytes: Uint8Array): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));
const signed = (SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM) >>> 0;
const left = (SECBUFFER_DATA | SECBUFFER_READONLY) >>> 0;

/** A package in DCE style: data is encrypted where it is, and the token protects it and what is read-only and signed. */
function mac({ buffers }: MessageCall, plain: (type: number, bytes: Buffer) => Buffer): Buffer {
  const hash = createHmac("sha256", "key");
  for (const { type, bytes } of buffers.all)
    if (type === SECBUFFER_DATA || type === signed) hash.update(plain(type, bytes));
  return hash.digest().subarray(0, 16);
}

const plain = (_: number, bytes: Buffer): Buffer => bytes;
const sealedPlain = (type: number, bytes: Buffer): Buffer => (type === SECBUFFER_DATA ? invert(bytes) : bytes);

function dce(): Script {
  const eachData = ({ buffers }: MessageCall): void =>
    buffers.all.forEach(({ type, bytes }, index) => {
      if (type === SECBUFFER_DATA) buffers.fill(index, invert(bytes));
    });
  const tokenOf = ({ buffers }: MessageCall): number => buffers.types.indexOf(SECBUFFER_TOKEN);
  const put = (call: MessageCall, token: Buffer): void => call.buffers.fill(tokenOf(call), token);
  const holds = (call: MessageCall, token: Buffer): boolean =>
    call.buffers.all[tokenOf(call)]?.bytes.equals(token) === true;
  return {
    encrypt(call) {
      put(call, mac(call, plain));
      eachData(call);
      return SEC_E_OK;
    },
    decrypt(call) {
      if (!holds(call, mac(call, sealedPlain))) return SEC_E_MESSAGE_ALTERED;
      eachData(call);
      return SEC_E_OK;
    },
    sign(call) {
      put(call, mac(call, plain));
      return SEC_E_OK;
    },
    verify: (call) => (holds(call, mac(call, plain)) ? SEC_E_OK : SEC_E_MESSAGE_ALTERED),
  };
}

const bytesOf = (parts: readonly MessagePart[]): Buffer[] => parts.map(({ bytes }) => bytes);

/** The list with what has become of it. */
const received = (list: readonly MessageBuffer[], parts: readonly MessagePart[]): MessageBuffer[] =>
  list.map((buffer, index) => ({ ...buffer, bytes: Buffer.from(parts[index]?.bytes ?? []) }));

/** What a remote procedure call is made of. */
const call = (): MessageBuffer[] => [
  { type: "data", bytes: Buffer.from("header"), access: "readonlyWithChecksum" },
  { type: "data", bytes: Buffer.from("the body") },
  { type: "data", bytes: Buffer.from("trailer"), access: "readonlyWithChecksum" },
  { type: "token" },
];

describe.each([false, true])("a message of several buffers, in place: %s", (inPlace) => {
  const seal = (client: ClientContext, list: readonly MessageBuffer[]): readonly MessagePart[] =>
    inPlace ? client.encryptBuffersInPlace(list) : client.encryptBuffers(list);
  const open = (client: ClientContext, list: readonly MessageBuffer[]): readonly MessagePart[] =>
    (inPlace ? client.decryptBuffersInPlace(list) : client.decryptBuffers(list)).parts;

  it("has its body encrypted, its headers readable, and all of it protected", () => {
    using client = complete(scripted(dce()));
    const list = call();
    const parts = seal(client, list);
    expect(parts.map(({ type, access, bytes }) => [type, access, bytes.length])).toEqual([
      ["data", "readonlyWithChecksum", 6],
      ["data", undefined, 8],
      ["data", "readonlyWithChecksum", 7],
      ["token", undefined, 16],
    ]);
    expect(bytesOf(parts).slice(0, 3)).toEqual([
      Buffer.from("header"),
      invert(Buffer.from("the body")),
      Buffer.from("trailer"),
    ]);
    expect(list[1]?.bytes?.toString() === "the body").toBe(!inPlace);
    expect(
      bytesOf(open(client, received(list, parts)))
        .slice(0, 3)
        .join("|"),
    ).toBe("header|the body|trailer");
    for (let index = 0; index < list.length; index += 1) {
      const altered = received(list, parts);
      const bytes = altered[index]?.bytes as Buffer;
      bytes[2] = (bytes[2] as number) ^ 1;
      expect(() => open(client, altered), `buffer ${index}`).toThrow(
        expect.objectContaining({ code: "SEC_E_MESSAGE_ALTERED", operation: "DecryptMessage" }),
      );
    }
  });

  it("is given back, however it is divided", () => {
    const buffer = fc.record({
      bytes: fc.uint8Array({ maxLength: 60 }),
      access: fc.constantFrom(undefined, "readonlyWithChecksum" as const),
    });
    fc.assert(
      fc.property(fc.array(buffer, { maxLength: 12 }), fc.nat(12), (data, at) => {
        using client = complete(scripted(dce()));
        const list: MessageBuffer[] = data.map(({ bytes, access }) => ({
          type: "data",
          bytes: Uint8Array.from(bytes),
          ...(access && { access }),
        }));
        list.splice(at, 0, { type: "token" });
        const parts = seal(client, list);
        const token = list.findIndex(({ type }) => type === "token");
        const expected = data.map(({ bytes, access }) => (access ? Buffer.from(bytes) : invert(bytes)));
        expect(bytesOf(parts.toSpliced(token, 1))).toEqual(expected);
        const opened = open(client, received(list, parts));
        expect(bytesOf(opened.toSpliced(token, 1))).toEqual(data.map(({ bytes }) => Buffer.from(bytes)));
        // Each says where it is: in its own memory.
        expect(opened.map(({ within, offset }) => [within, offset])).toEqual(list.map((_, index) => [index, 0]));
      }),
      { numRuns: 80 },
    );
  });

  it("is one buffer for the package where data follows data, and becomes shorter at its end", () => {
    const seen: unknown[] = [];
    const shortening = ({ buffers }: MessageCall): number => {
      seen.push(...buffers.all.map(({ type, bytes }) => [type, bytes.toString()]));
      buffers.fill(0, Buffer.from("ABCDEFG"));
      return SEC_E_OK;
    };
    using client = complete(scripted({ decrypt: shortening }));
    const list: MessageBuffer[] = ["abc", "def", "ghi", "jkl"].map((text) => ({
      type: "data",
      bytes: Buffer.from(text),
    }));
    list.push({ type: "token", bytes: Buffer.from("T") });
    expect(bytesOf(open(client, list)).join("|")).toBe("ABC|DEF|G||T");
    expect(list.map(({ bytes }) => bytes?.toString()).join("|")).toBe(
      inPlace ? "ABC|DEF|Ghi|jkl|T" : "abc|def|ghi|jkl|T",
    );
    expect(seen).toEqual([
      [SECBUFFER_DATA, "abcdefghijkl"],
      [SECBUFFER_TOKEN, "T"],
    ]);
  });

  it("reaches the package in its order, with its types and what it may do with them", () => {
    const seen: unknown[] = [];
    const record = ({ buffers }: MessageCall): number => {
      seen.push(buffers.all.map(({ type, size }) => [type, size]));
      return SEC_E_OK;
    };
    using client = complete(scripted({ sizes: { trailer: 28, block: 8 }, encrypt: record, decrypt: record }));
    const bytes = Buffer.alloc(3);
    seal(client, [
      { type: "token" },
      { type: "data", bytes, access: "readonly" },
      { type: "data", bytes, access: "readonlyWithChecksum" },
      { type: "data", bytes },
      { type: "padding" },
      { type: "empty" },
    ]);
    open(client, [{ type: "stream", bytes }, { type: "data" }]);
    expect(seen).toEqual([
      [
        [SECBUFFER_TOKEN, 28],
        [left, 3],
        [signed, 3],
        [SECBUFFER_DATA, 3],
        [SECBUFFER_PADDING, 8],
        [SECBUFFER_EMPTY, 0],
      ],
      [
        [SECBUFFER_STREAM, 3],
        [SECBUFFER_DATA, 0],
      ],
    ]);
  });

  it("says where in which buffer the package found what", () => {
    const decrypt = ({ buffers }: MessageCall): number => {
      const { address } = buffers.all[1] as { address: bigint };
      buffers.change(2, { address: address + 4n, size: 5 });
      buffers.change(3, { type: SECBUFFER_EXTRA, address: address + 9n, size: 2 });
      buffers.change(4, { type: 4711 });
      return SEC_E_OK;
    };
    using client = complete(scripted({ decrypt }));
    const stream = Buffer.from("HEADplainXX");
    const parts = open(client, [
      { type: "token", bytes: Buffer.alloc(1) },
      { type: "stream", bytes: stream },
      { type: "data" },
      { type: "empty" },
      { type: "empty" },
    ]);
    expect(parts[2]).toMatchObject({ type: "data", within: 1, offset: 4, bytes: Buffer.from("plain") });
    expect(parts[3]).toMatchObject({ type: "extra", within: 1, offset: 9, bytes: Buffer.from("XX") });
    expect(parts[4]).toMatchObject({ type: 4711, bytes: Buffer.alloc(0) });
    if (inPlace) expect(parts[2]?.bytes.byteOffset).toBe(stream.byteOffset + 4);
  });

  it("has what is left over at its end, where the package says only how much that is", () => {
    const decrypt = ({ buffers }: MessageCall): number => {
      buffers.change(1, { type: SECBUFFER_EXTRA, size: 3 });
      return SEC_E_OK;
    };
    using client = complete(scripted({ decrypt }));
    const parts = open(client, [{ type: "data", bytes: Buffer.from("record and") }, { type: "empty" }]);
    expect(parts[1]).toMatchObject({ type: "extra", within: 0, offset: 7, bytes: Buffer.from("and") });
  });

  it("is an error where the package names bytes that are in none of the buffers", () => {
    const list: MessageBuffer[] = [
      { type: "data", bytes: Buffer.alloc(8) },
      { type: "token", bytes: Buffer.alloc(8) },
    ];
    for (const change of [{ size: 17 }, { address: 8n }, { address: 0n }]) {
      const decrypt = ({ buffers }: MessageCall): number => {
        buffers.change(0, change);
        return SEC_E_OK;
      };
      using client = complete(scripted({ decrypt }));
      const failure = expect.objectContaining({ code: "SEC_E_INTERNAL_ERROR", operation: "DecryptMessage" });
      expect(() => open(client, list)).toThrow(failure);
      expect(() => open(client, [list[0] as MessageBuffer, ...list])).toThrow(failure);
    }
  });

  it("fails as the package does", () => {
    using client = complete(
      scripted({ encrypt: () => SEC_E_MESSAGE_ALTERED, decrypt: () => SEC_E_INCOMPLETE_MESSAGE }),
    );
    const code = (text: string): unknown => expect.objectContaining({ code: text });
    expect(() => seal(client, call())).toThrow(code("SEC_E_MESSAGE_ALTERED"));
    expect(() => open(client, call())).toThrow(code("SEC_E_INCOMPLETE_MESSAGE"));
  });

  it("has a token of the size that WinPR announces, since it takes the room for the size", () => {
    const seen: number[] = [];
    const encrypt = ({ buffers }: MessageCall): number => {
      seen.push(buffers.all[1]?.size ?? 0);
      return SEC_E_OK;
    };
    for (const kind of ["winpr", "secur32"] as const) {
      using client = complete(scripted({ kind, encrypt }));
      seal(client, [
        { type: "data", bytes: Buffer.alloc(4) },
        { type: "token", bytes: Buffer.alloc(99) },
      ]);
    }
    expect(seen).toEqual([16, 99]);
  });
});

describe("the signature of several buffers", () => {
  it("is for all of them that are not merely read-only, which are one for the package", () => {
    const seen: unknown[] = [];
    const script = dce();
    const sign = (one: MessageCall): number => {
      seen.push(...one.buffers.all.map(({ type, bytes }) => [type, bytes.toString()]));
      return script.sign?.(one) ?? SEC_E_OK;
    };
    using client = complete(scripted({ ...script, sign }));
    const list = call();
    const parts = client.signBuffers(list);
    expect(seen.slice(0, 1)).toEqual([[SECBUFFER_DATA, "headerthe bodytrailer"]]);
    expect(parts.map(({ type, access, bytes }) => [type, access, bytes.length])).toEqual([
      ["data", "readonlyWithChecksum", 6],
      ["data", undefined, 8],
      ["data", "readonlyWithChecksum", 7],
      ["token", undefined, 16],
    ]);
    const message = Buffer.from("headerthe bodytrailer");
    expect(client.sign(message)).toEqual(parts[3]?.bytes);
    expect(client.verifyBuffers(received(list, parts))).toEqual({ code: "SEC_E_OK", quality: 0 });
    client.verify(message, parts[3]?.bytes as Buffer);
    for (let index = 0; index < list.length; index += 1) {
      const altered = received(list, parts);
      const bytes = altered[index]?.bytes as Buffer;
      bytes[0] = (bytes[0] as number) ^ 1;
      expect(() => client.verifyBuffers(altered), `buffer ${index}`).toThrow("SEC_E_MESSAGE_ALTERED");
    }
    expect(list.map(({ bytes }) => bytes?.toString())).toEqual(["header", "the body", "trailer", undefined]);
  });

  it("tells the package its quality and number, and the caller the peer's", () => {
    const seen: unknown[] = [];
    const record = (one: MessageCall): number => {
      seen.push([one.quality, one.sequence]);
      one.answerQuality(7);
      return SEC_E_OK;
    };
    using client = complete(scripted({ encrypt: record, decrypt: record, sign: record, verify: record }));
    const list: MessageBuffer[] = [
      { type: "data", bytes: Buffer.alloc(1) },
      { type: "token", bytes: Buffer.alloc(16) },
    ];
    client.encryptBuffers(list, { quality: "wrapNoEncrypt", sequence: 1 });
    client.signBuffers(list, { quality: 5, sequence: 2 });
    const opened = client.decryptBuffers(list, { sequence: 3 });
    expect(opened).toMatchObject({ code: "SEC_E_OK", quality: 7, encrypted: true });
    expect(client.verifyBuffers(list, { sequence: 4 })).toEqual({ code: "SEC_E_OK", quality: 7 });
    expect(seen).toEqual([
      [SECQOP_WRAP_NO_ENCRYPT, 1],
      [5, 2],
      [undefined, 3],
      [undefined, 4],
    ]);
  });
});

describe("a message that everybody may read", () => {
  it("is asked for by name", () => {
    const seen: unknown[] = [];
    const record = ({ quality }: MessageCall): number => {
      seen.push(quality);
      return SEC_E_OK;
    };
    using client = complete(scripted({ encrypt: record, sign: record }));
    const data = Buffer.alloc(1);
    client.encrypt(data, { quality: "wrapNoEncrypt" });
    client.encryptInPlace(Buffer.alloc(16), data, { quality: "wrapOobData" });
    client.sign(data, { quality: "wrapNoEncrypt" });
    expect(seen).toEqual([0x8000_0001, 0x4000_0000, 0x8000_0001]);
    expect(() => client.encrypt(data, { quality: "signOnly" as never })).toThrow(
      new RangeError('quality: expected one of wrapNoEncrypt, wrapOobData; got "signOnly"'),
    );
  });

  it("is opened where that is allowed, and says that it was not encrypted", () => {
    const decrypt = (one: MessageCall): number => {
      one.answerQuality(SECQOP_WRAP_NO_ENCRYPT);
      return SEC_E_OK;
    };
    using client = complete(scripted({ decrypt }));
    const list: MessageBuffer[] = [{ type: "data", bytes: Buffer.from("m") }];
    const code = expect.objectContaining({ code: "SSPI_NOT_ENCRYPTED" });
    expect(() => client.decryptBuffers(list)).toThrow(code);
    expect(() => client.decryptBuffersInPlace(list)).toThrow(code);
    const allowed = { quality: SECQOP_WRAP_NO_ENCRYPT, encrypted: false };
    expect(client.decryptBuffers(list, { allowUnencrypted: true })).toMatchObject(allowed);
    expect(client.decryptBuffersInPlace(list, { allowUnencrypted: true })).toMatchObject(allowed);
  });
});
