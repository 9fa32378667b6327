import { describe, expect, it } from "vitest";
import { SECQOP_WRAP_NO_ENCRYPT } from "../../generated/sspi/constants.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { MessageBuffer } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";

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
      new RangeError("quality: expected one of wrapNoEncrypt, wrapOobData; got a string of 8 characters"),
    );
  });

  it("leaves its quality to no other: one that the package says nothing of is 0, whatever it said before", () => {
    let says: number | undefined = SECQOP_WRAP_NO_ENCRYPT;
    const answer = (one: MessageCall): number => {
      if (says !== undefined) one.answerQuality(says);
      return SEC_E_OK;
    };
    using client = complete(scripted({ decrypt: answer, verify: answer, sizes: { signature: 4 } }));
    const list = (): MessageBuffer[] => [{ type: "data", bytes: Buffer.from("m") }];
    const signed = (): MessageBuffer[] => [...list(), { type: "token", bytes: Buffer.alloc(4) }];
    const reading = [
      () => client.decryptBuffers(list(), { allowUnencrypted: true }).quality,
      () => client.decryptBuffersInPlace(list(), { allowUnencrypted: true }).quality,
      () => client.verifyBuffers(signed()).quality,
    ];
    for (const one of reading)
      for (const other of reading) {
        says = 7;
        expect(one()).toBe(7);
        says = undefined;
        expect(other()).toBe(0);
      }
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
