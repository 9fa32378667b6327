import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { ClientContext } from "../../src/index.ts";
import { complete, type Script, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";
import { recordPackage } from "./records.ts";

const sizes = { trailer: 16, signature: 16, block: 8 };
const records = { header: 13, trailer: 36, maximum: 1000 };

type Lie = Parameters<MessageCall["buffers"]["change"]>[1];

/** A package that makes a false statement about one of its buffers, and leaves all of them unchanged. */
function lying(index: number, lie: (call: MessageCall) => Lie): (call: MessageCall) => number {
  return (call) => {
    call.buffers.change(index, lie(call));
    return SEC_E_OK;
  };
}

function moved(index: number): (call: MessageCall) => Lie {
  return ({ buffers }) => ({ address: (buffers.all[index]?.address as bigint) + 1n });
}

const larger = (): Lie => ({ size: 4096 });
const message = Buffer.alloc(20, "m");

const calls: readonly (readonly [string, keyof Script, number, (client: ClientContext) => unknown])[] = [
  ["encrypt(), of its token", "encrypt", 0, (client) => client.encrypt(message)],
  ["encrypt(), of its data", "encrypt", 1, (client) => client.encrypt(message)],
  ["encrypt(), of its padding", "encrypt", 2, (client) => client.encrypt(message)],
  ["encryptInPlace(), of its token", "encrypt", 0, (client) => client.encryptInPlace(Buffer.alloc(16), message)],
  ["encryptInPlace(), of its data", "encrypt", 1, (client) => client.encryptInPlace(Buffer.alloc(16), message)],
  ["decryptInPlace(), of its data", "decrypt", 1, (client) => client.decryptInPlace(Buffer.alloc(16), message)],
  ["sign(), of its token", "sign", 1, (client) => client.sign(message)],
];

describe.each(calls)("a package that answers %s", (_, operation, index, call) => {
  it.each([
    ["a size beyond its room", larger],
    ["a place that is not its room", moved(index)],
  ])("D2 is a SEC_E_INTERNAL_ERROR for %s, and no bytes of other memory", (_what, lie) => {
    // A message in place has no room for padding that the caller could send.
    const block = index === 2 || operation === "sign" ? 8 : 0;
    using client = complete(scripted({ sizes: { ...sizes, block }, [operation]: lying(index, lie) }));
    expect(() => call(client)).toThrow(
      expect.objectContaining({
        code: "SEC_E_INTERNAL_ERROR",
        operation: { encrypt: "EncryptMessage", decrypt: "DecryptMessage", sign: "MakeSignature" }[operation as string],
      }),
    );
  });
});

describe("a package that succeeds and writes nothing", () => {
  it("D2 sends zeros in place of its token and padding, and never memory of somebody else", () => {
    using client = complete(scripted({ sizes, encrypt: () => SEC_E_OK }));
    for (let round = 0; round < 500; round += 1) {
      // Buffer's pool, in which the next message is made, held another caller's plaintext before.
      Buffer.allocUnsafe(50).fill("secret");
      const sealed = client.encrypt(message);
      expect(sealed).toEqual(Buffer.concat([Buffer.alloc(16), message, Buffer.alloc(8)]));
    }
  });

  it("D2 sends zeros in place of a record's header and trailer", () => {
    using client = complete(scripted({ ...recordPackage(records), encrypt: () => SEC_E_OK }));
    for (let round = 0; round < 500; round += 1) {
      Buffer.allocUnsafe(50).fill("secret");
      const sealed = client.encrypt(message);
      expect(sealed).toEqual(Buffer.concat([Buffer.alloc(13), message, Buffer.alloc(36)]));
    }
  });

  it.each([0, 1, 2])("D2 fails for a record whose buffer %i is larger than its room", (index) => {
    using client = complete(scripted({ ...recordPackage(records), encrypt: lying(index, larger) }));
    expect(() => client.encrypt(message)).toThrow(expect.objectContaining({ code: "SEC_E_INTERNAL_ERROR" }));
  });

  it("D2 signs with zeros, and never with memory of somebody else", () => {
    using other = complete(scripted({ sizes, sign: () => SEC_E_OK }));
    other.sign(Buffer.alloc(300, "p"));
    using client = complete(scripted({ sizes, sign: () => SEC_E_OK }));
    expect(client.sign(message)).toEqual(Buffer.alloc(16));
  });
});
