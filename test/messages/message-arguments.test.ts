import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import type { ClientContext } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";

const accept = (): number => SEC_E_OK;
const everything = { encrypt: accept, decrypt: accept, sign: accept, verify: accept };

type Call = (client: ClientContext, wrong: never) => unknown;

const messages: readonly [string, string, Call][] = [
  ["encrypt", "message", (client, wrong) => client.encrypt(wrong)],
  ["decrypt", "message", (client, wrong) => client.decrypt(wrong)],
  ["sign", "message", (client, wrong) => client.sign(wrong)],
  ["verify", "message", (client, wrong) => client.verify(wrong, Buffer.alloc(16))],
  ["verify", "signature", (client, wrong) => client.verify(Buffer.alloc(1), wrong)],
  ["encryptInPlace", "token", (client, wrong) => client.encryptInPlace(wrong, Buffer.alloc(1))],
  ["encryptInPlace", "data", (client, wrong) => client.encryptInPlace(Buffer.alloc(16), wrong)],
  ["decryptInPlace", "token", (client, wrong) => client.decryptInPlace(wrong, Buffer.alloc(1))],
  ["decryptInPlace", "data", (client, wrong) => client.decryptInPlace(Buffer.alloc(16), wrong)],
];

const numbers: readonly [string, string, Call][] = [
  ["encrypt", "quality", (client, quality) => client.encrypt(Buffer.alloc(1), { quality })],
  ["encrypt", "sequence", (client, sequence) => client.encrypt(Buffer.alloc(1), { sequence })],
  [
    "encryptInPlace",
    "quality",
    (client, quality) => client.encryptInPlace(Buffer.alloc(16), Buffer.alloc(1), { quality }),
  ],
  [
    "encryptInPlace",
    "sequence",
    (client, sequence) => client.encryptInPlace(Buffer.alloc(16), Buffer.alloc(1), { sequence }),
  ],
  ["decrypt", "sequence", (client, sequence) => client.decrypt(Buffer.alloc(32), { sequence })],
  [
    "decryptInPlace",
    "sequence",
    (client, sequence) => client.decryptInPlace(Buffer.alloc(16), Buffer.alloc(1), { sequence }),
  ],
  ["sign", "quality", (client, quality) => client.sign(Buffer.alloc(1), { quality })],
  ["sign", "sequence", (client, sequence) => client.sign(Buffer.alloc(1), { sequence })],
  ["verify", "sequence", (client, sequence) => client.verify(Buffer.alloc(1), Buffer.alloc(16), { sequence })],
];

/** Makes the call and asserts that the package was not called. */
function refused(call: Call, wrong: unknown): () => unknown {
  return () => {
    const sspi = scripted(everything);
    using client = complete(sspi);
    try {
      return call(client, wrong as never);
    } finally {
      expect(sspi.calls.filter((name) => /Message|Signature/.test(name))).toEqual([]);
    }
  };
}

describe.each(messages)("%s refuses before the package is called", (_, argument, call) => {
  it(`a ${argument} that is not bytes`, () => {
    for (const wrong of [undefined, null, "text", 5, [1], new ArrayBuffer(8), new Uint16Array(4), { length: 1 }])
      expect(refused(call, wrong)).toThrow(new RegExp(`^${argument}: expected a Uint8Array or Buffer, got `));
  });

  it(`a ${argument} whose memory has been transferred away`, () => {
    const bytes = new Uint8Array(32);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(refused(call, bytes)).toThrow(`${argument}: its ArrayBuffer is detached`);
  });
});

describe.each(messages.filter(([name]) => name.endsWith("InPlace")))("%s refuses", (_, argument, call) => {
  it(`a ${argument} in shared memory, which other threads could change meanwhile`, () => {
    expect(refused(call, new Uint8Array(new SharedArrayBuffer(32)))).toThrow(
      `${argument}: expected bytes of an ArrayBuffer, got bytes of a SharedArrayBuffer`,
    );
  });
});

describe.each(numbers)("%s refuses before the package is called", (_, argument, call) => {
  it(`a ${argument} that is no unsigned integer of 32 bits`, () => {
    for (const wrong of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32])
      expect(refused(call, wrong)).toThrow(new RegExp(`^${argument}: expected an integer from 0 to 4294967295, got `));
    if (argument === "quality") expect(refused(call, "1")).toThrow(/^quality: expected one of wrapNoEncrypt, /);
    else expect(refused(call, "1")).toThrow(`${argument}: expected a number, got a string of 1 characters`);
    for (const wrong of [null, 1n, {}])
      expect(refused(call, wrong)).toThrow(new RegExp(`^${argument}: expected a number, got `));
  });
});

// An ArrayBuffer of 32-bit Node is never that long.
describe.runIf(pointerSize(hostAbi) === 8)("a message longer than a SecBuffer can describe", () => {
  it("is refused before anything is copied: 4 GiB of zeros, which cost no memory", () => {
    const huge = new Uint8Array(2 ** 32);
    const before = process.memoryUsage().rss;
    for (const [, argument, call] of messages)
      expect(refused(call, huge)).toThrow(`${argument}: expected at most 4294967295 bytes, got 4294967296`);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  });

  it("is refused where only its token makes it too long", () => {
    const sspi = scripted(everything);
    using client = complete(sspi);
    expect(() => client.encrypt(new Uint8Array(2 ** 32 - 8))).toThrow(/^message: too long to describe with its token/);
    expect(sspi.count("EncryptMessage")).toBe(0);
  });
});
