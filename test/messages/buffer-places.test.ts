import { describe, expect, it } from "vitest";
import { SECBUFFER_DATA, SECBUFFER_EXTRA, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { ClientContext, MessageBuffer, MessagePart } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";
import { thrownBy } from "../thrown-by.ts";

/** The package's work on the buffers. */
type Work = (buffers: MessageCall["buffers"]) => void;

const doing =
  (work: Work) =>
  ({ buffers }: MessageCall): number => {
    work(buffers);
    return SEC_E_OK;
  };

describe.each([false, true])("what a package reports of several buffers, in place: %s", (inPlace) => {
  const opened = (list: readonly MessageBuffer[], work: Work): readonly MessagePart[] => {
    using client = complete(scripted({ decrypt: doing(work) }));
    return (inPlace ? client.decryptBuffersInPlace(list) : client.decryptBuffers(list)).parts;
  };
  const stream = (text: string): MessageBuffer => ({ type: "stream", bytes: Buffer.from(text) });

  it("is where the package says, although it would fit at the end of the first buffer: extra bytes", () => {
    const list: MessageBuffer[] = [{ type: "token", bytes: Buffer.from("a token") }, stream("recordXXpad")];
    const parts = opened([...list, { type: "empty" }], (buffers) => {
      const { address } = buffers.all[1] as { address: bigint };
      buffers.change(2, { type: SECBUFFER_EXTRA, address: address + 6n, size: 2 });
    });
    expect(parts[2]).toMatchObject({ type: "extra", within: 1, offset: 6, bytes: Buffer.from("XX") });
  });

  it("may be the whole first buffer without a place, and never more: extra bytes", () => {
    const list: readonly MessageBuffer[] = [stream("all of it"), { type: "empty" }];
    const extra = (size: number) => () => opened(list, (buffers) => buffers.change(1, { type: SECBUFFER_EXTRA, size }));
    expect(extra(9)()[1]).toMatchObject({ type: "extra", within: 0, offset: 0, bytes: Buffer.from("all of it") });
    expect(thrownBy(extra(10))).toMatchObject({
      code: "SEC_E_INTERNAL_ERROR",
      cause: new RangeError("the package named bytes outside the buffers, for buffers[1].bytes"),
    });
  });

  it("is found in a later buffer where the first has no bytes", () => {
    const parts = opened([{ type: "empty" }, stream("HEADplain"), { type: "data" }], (buffers) => {
      const { address } = buffers.all[1] as { address: bigint };
      buffers.change(2, { address: address + 4n, size: 5 });
    });
    expect(parts[2]).toMatchObject({ type: "data", within: 1, offset: 4, bytes: Buffer.from("plain") });
  });

  it("is in its own buffer where it is empty, whatever its address", () => {
    for (const address of [0n, 8n]) {
      const parts = opened([stream("first"), { type: "token", bytes: Buffer.from("second") }], (buffers) =>
        buffers.change(1, { address, size: 0 }),
      );
      expect(parts[1]).toMatchObject({ type: "token", within: 1, offset: 0, bytes: Buffer.alloc(0) });
    }
  });

  it("is in a data buffer of its own where the caller gives one without bytes after another", () => {
    const seen: unknown[] = [];
    const data: MessageBuffer = { type: "data", bytes: Buffer.from("HEADplain") };
    const bare: MessageBuffer = { type: "data" };
    for (const list of [
      [data, bare],
      [bare, data],
    ]) {
      const empty = list.indexOf(bare);
      const parts = opened(list, (buffers) => {
        seen.push(buffers.all.map(({ size }) => size));
        const { address } = buffers.all[1 - empty] as { address: bigint };
        buffers.change(empty, { address: address + 4n, size: 5 });
      });
      expect(parts[empty]).toMatchObject({ within: 1 - empty, offset: 4, bytes: Buffer.from("plain") });
    }
    expect(seen).toEqual([
      [9, 0],
      [0, 9],
    ]);
  });

  it("is said of each buffer that holds no data, although the next is of the same type", () => {
    const seen: unknown[] = [];
    const token = (text: string): MessageBuffer => ({ type: "token", bytes: Buffer.from(text) });
    opened([token("one"), token("two"), { type: "empty" }, { type: "empty" }], (buffers) =>
      seen.push(...buffers.all.map(({ size }) => size)),
    );
    expect(seen).toEqual([3, 3, 0, 0]);
  });
});

describe("buffers in place that are one for the package", () => {
  const overwrite = doing((buffers) =>
    buffers.all.forEach(({ size }, index) => {
      buffers.fill(index, Buffer.alloc(size, "!"));
    }),
  );

  it("are not written to where they are read-only, even if the package does", () => {
    using client = complete(scripted({ encrypt: overwrite }));
    const header = (text: string): MessageBuffer => ({
      type: "data",
      bytes: Buffer.from(text),
      access: "readonlyWithChecksum",
    });
    const list = [header("two "), header("headers"), { type: "token", bytes: Buffer.from("token") }] as const;
    const parts = client.encryptBuffersInPlace(list);
    expect(list.map(({ bytes }) => bytes?.toString())).toEqual(["two ", "headers", "!!!!!"]);
    expect(parts.map(({ bytes }) => bytes.toString())).toEqual(["two ", "headers", "!!!!!"]);
  });

  it("are refused by name where one of them is in shared memory", () => {
    const sspi = scripted({ encrypt: overwrite });
    using client = complete(sspi);
    const own: MessageBuffer = { type: "data", bytes: Buffer.alloc(4) };
    const shared: MessageBuffer = { type: "data", bytes: new Uint8Array(new SharedArrayBuffer(4)) };
    expect(() => client.encryptBuffersInPlace([own, own, shared])).toThrow(
      "buffers[2].bytes: expected bytes of an ArrayBuffer, got bytes of a SharedArrayBuffer",
    );
    expect(sspi.count("EncryptMessage")).toBe(0);
  });
});

describe("the caller's buffers", () => {
  const calls: readonly (readonly [string, (client: ClientContext, list: readonly MessageBuffer[]) => unknown])[] = [
    ["encryptBuffers", (client, list) => client.encryptBuffers(list)],
    ["decryptBuffers", (client, list) => client.decryptBuffers(list)],
    ["signBuffers", (client, list) => client.signBuffers(list)],
    ["verifyBuffers", (client, list) => client.verifyBuffers(list)],
  ];

  it.each(calls)("stay as they were, whatever the package writes to its own: %s", (_, call) => {
    const seen: unknown[] = [];
    const write = doing((buffers) => {
      seen.push(...buffers.types);
      buffers.all.forEach(({ size }, index) => {
        buffers.fill(index, Buffer.alloc(size, "!"));
      });
    });
    using client = complete(scripted({ encrypt: write, decrypt: write, sign: write, verify: write }));
    const list: MessageBuffer[] = [
      { type: "data", bytes: Buffer.from("data") },
      { type: "token", bytes: Buffer.alloc(16, "t") },
    ];
    call(client, list);
    expect(list.map(({ bytes }) => bytes?.toString())).toEqual(["data", "t".repeat(16)]);
    expect(seen).toEqual([SECBUFFER_DATA, SECBUFFER_TOKEN]);
  });
});
