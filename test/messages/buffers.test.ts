import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  SECBUFFER_DATA,
  SECBUFFER_EMPTY,
  SECBUFFER_EXTRA,
  SECBUFFER_PADDING,
  SECBUFFER_STREAM,
  SECBUFFER_TOKEN,
} from "../../generated/sspi/constants.ts";
import { SEC_E_INCOMPLETE_MESSAGE, SEC_E_MESSAGE_ALTERED, SEC_E_OK } from "../../generated/status/constants.ts";
import type { ClientContext, MessageBuffer, MessagePart } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";

import { bytesOf, call, dce, invert, left, received, signed } from "./dce-package.ts";

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

  it("is restored however it is divided", () => {
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
        // Each opened buffer says where it is: in its own memory.
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

  it("has a token of the size that is announced, where the provider takes the room for the size", () => {
    const seen: number[] = [];
    const encrypt = ({ buffers }: MessageCall): number => {
      seen.push(buffers.all[1]?.size ?? 0);
      return SEC_E_OK;
    };
    for (const takesExactTokenRoom of [true, false]) {
      using client = complete(scripted({ traits: { takesExactTokenRoom }, encrypt }));
      seal(client, [
        { type: "data", bytes: Buffer.alloc(4) },
        { type: "token", bytes: Buffer.alloc(99) },
      ]);
    }
    expect(seen).toEqual([16, 99]);
  });
});
