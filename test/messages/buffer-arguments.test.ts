import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { ClientContext } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";

const accept = (): number => SEC_E_OK;
const data = Buffer.alloc(2);

const methods: readonly [string, (client: ClientContext, list: never, options?: object) => unknown][] = [
  ["encryptBuffers", (client, list, options) => client.encryptBuffers(list, options)],
  ["encryptBuffersInPlace", (client, list, options) => client.encryptBuffersInPlace(list, options)],
  ["decryptBuffers", (client, list, options) => client.decryptBuffers(list, options)],
  ["decryptBuffersInPlace", (client, list, options) => client.decryptBuffersInPlace(list, options)],
  ["signBuffers", (client, list, options) => client.signBuffers(list, options)],
  ["verifyBuffers", (client, list, options) => client.verifyBuffers(list, options)],
];

describe.each(methods)("%s refuses before the package is called", (name, method) => {
  const refused = (list: unknown, options?: object) => () => {
    const sspi = scripted({ encrypt: accept, decrypt: accept, sign: accept, verify: accept });
    using client = complete(sspi);
    try {
      return method(client, list as never, options);
    } finally {
      expect(sspi.calls.filter((called) => /Message|Signature/.test(called))).toEqual([]);
    }
  };

  it.each([
    [undefined, "buffers: expected an array, got undefined"],
    [{ type: "data" }, "buffers: expected an array, got an instance of Object"],
    [[], "buffers: expected 1 to 32 of them, got 0"],
    [Array(33).fill({ type: "empty" }), "buffers: expected 1 to 32 of them, got 33"],
    [[null], "buffers[0]: expected { type, bytes, access }, got null"],
    [Array(2), "buffers[0]: expected { type, bytes, access }, got undefined"],
    [["data"], "buffers[0]: expected { type, bytes, access }, got a string of 4 characters"],
    [[{ type: "data", bytes: data }, { type: "body" }], "buffers[1].type: expected one of empty, data, token, "],
    [[{ type: 1, bytes: data }], "buffers[0].type: expected one of empty, data, token, "],
    [[{ type: "toString", bytes: data }], "buffers[0].type: expected one of empty, data, token, "],
    [[{ type: "data", bytes: "text" }], "buffers[0].bytes: expected a Uint8Array or Buffer, got "],
    [[{ type: "data", bytes: null }], "buffers[0].bytes: expected a Uint8Array or Buffer, got null"],
    [
      [{ type: "data", bytes: data, access: "read" }],
      "buffers[0].access: expected one of readonly, readonlyWithChecksum; got a string of 4 characters",
    ],
  ])("%j", (list, message) => {
    expect(refused(list)).toThrow(message);
  });

  it("memory that has been transferred away", () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(refused([{ type: "token" }, { type: "data", bytes }])).toThrow(
      "buffers[1].bytes: its ArrayBuffer is detached",
    );
  });

  it("a sequence that is no number", () => {
    expect(refused([{ type: "data", bytes: data }], { sequence: -1 })).toThrow("sequence: expected an integer from 0");
  });

  it("shared memory, where it would be written to", () => {
    const shared = { type: "data", bytes: new Uint8Array(new SharedArrayBuffer(4)) };
    for (const list of [[shared], [shared, shared]])
      if (name.endsWith("InPlace")) expect(refused(list)).toThrow("buffers[0].bytes: expected bytes of an ArrayBuffer");
  });
});
