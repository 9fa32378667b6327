import { describe, expect, it } from "vitest";
import {
  SECBUFFER_DATA,
  SECBUFFER_EMPTY,
  SECBUFFER_PADDING,
  SECBUFFER_STREAM_HEADER,
  SECBUFFER_STREAM_TRAILER,
  SECBUFFER_TOKEN,
} from "../../generated/sspi/constants.ts";
import { SEC_E_OK, SEC_I_CONTEXT_EXPIRED, SEC_I_RENEGOTIATE } from "../../generated/status/constants.ts";
import type { ClientContext, MessageBuffer } from "../../src/index.ts";
import { complete, type Script, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";
import { thrownBy } from "../thrown-by.ts";
import { recordPackage } from "./records.ts";

/** A context whose package succeeds in everything, and the types and sizes of the buffers that it receives. */
function noting(script: Script): { readonly context: ClientContext; readonly seen: unknown[] } {
  const seen: unknown[] = [];
  const note = ({ buffers }: MessageCall): number => {
    seen.push(...buffers.all.map(({ type, size }) => [type, size]));
    return SEC_E_OK;
  };
  const functions = { encrypt: note, decrypt: note, sign: note, verify: note };
  return { context: complete(scripted({ ...script, ...functions })), seen };
}

const bare: readonly MessageBuffer[] = [
  { type: "token" },
  { type: "padding" },
  { type: "streamHeader" },
  { type: "streamTrailer" },
];
const bareTypes = [SECBUFFER_TOKEN, SECBUFFER_PADDING, SECBUFFER_STREAM_HEADER, SECBUFFER_STREAM_TRAILER];
const sizes = { trailer: 28, signature: 16, block: 8 };
const records = { header: 13, trailer: 36, maximum: 100 };

describe("a buffer without bytes", () => {
  it.each(["encryptBuffers", "encryptBuffersInPlace"] as const)("has the room that %s needs for it", (method) => {
    const { context, seen } = noting({ sizes });
    using client = context;
    client[method](bare);
    expect(seen).toEqual(bareTypes.map((type, index) => [type, [28, 8, 0, 0][index]]));
  });

  it("has the room of a signature where the message is signed: signBuffers", () => {
    const { context, seen } = noting({ sizes });
    using client = context;
    client.signBuffers([{ type: "data", bytes: Buffer.alloc(5) }, { type: "token" }]);
    expect(seen).toEqual([
      [SECBUFFER_DATA, 5],
      [SECBUFFER_TOKEN, 16],
    ]);
  });

  it.each(["encryptBuffers", "encryptBuffersInPlace"] as const)("has the room of a record's part: %s", (method) => {
    const { context, seen } = noting(recordPackage(records));
    using client = context;
    client[method]([
      { type: "streamHeader" },
      { type: "data", bytes: Buffer.alloc(5) },
      { type: "streamTrailer" },
      { type: "empty" },
    ]);
    expect(seen).toEqual([
      [SECBUFFER_STREAM_HEADER, 13],
      [SECBUFFER_DATA, 5],
      [SECBUFFER_STREAM_TRAILER, 36],
      [SECBUFFER_EMPTY, 0],
    ]);
  });

  it.each(["decryptBuffers", "decryptBuffersInPlace"] as const)("has no room in %s", (method) => {
    for (const script of [{ sizes }, recordPackage(records)]) {
      const { context, seen } = noting(script);
      using client = context;
      client[method](bare);
      expect(seen).toEqual(bareTypes.map((type) => [type, 0]));
    }
  });
});

describe("the size of a buffer", () => {
  it("is the announced one only for the token of an encrypted message, where the provider takes the room for the size", () => {
    const { context, seen } = noting({ sizes, traits: { takesExactTokenRoom: true } });
    using client = context;
    const list: readonly MessageBuffer[] = [
      { type: "data", bytes: Buffer.alloc(90) },
      { type: "token", bytes: Buffer.alloc(99) },
    ];
    client.encryptBuffers(list);
    client.signBuffers(list);
    client.decryptBuffers(list);
    client.verifyBuffers(list);
    const [data, whole] = [
      [SECBUFFER_DATA, 90],
      [SECBUFFER_TOKEN, 99],
    ];
    expect(seen).toEqual([data, [SECBUFFER_TOKEN, 28], data, whole, data, whole, data, whole]);
  });
});

describe("a list of 32 buffers", () => {
  it("reaches the package whole", () => {
    const { context, seen } = noting({});
    using client = context;
    const list = Array.from({ length: 32 }, () => ({ type: "empty" }) as const);
    expect(client.encryptBuffers(list).length).toBe(32);
    expect(seen).toEqual(list.map(() => [SECBUFFER_EMPTY, 0]));
  });
});

describe("a record in several buffers", () => {
  const read = (status: number, script: Script) => () => {
    using client = complete(scripted({ ...script, decrypt: () => status }));
    return client.decryptBuffers([{ type: "data", bytes: Buffer.alloc(50) }, { type: "empty" }, { type: "empty" }]);
  };

  it.each([
    ["SEC_I_RENEGOTIATE", SEC_I_RENEGOTIATE],
    ["SEC_I_CONTEXT_EXPIRED", SEC_I_CONTEXT_EXPIRED],
  ])("has the code %s, which is a failure for a context that is no stream", (code, status) => {
    expect(read(status, recordPackage(records))()).toMatchObject({ code, encrypted: true });
    expect(thrownBy(read(status, {}))).toMatchObject({ code, operation: "DecryptMessage" });
  });
});
