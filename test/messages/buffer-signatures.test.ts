import { describe, expect, it } from "vitest";
import { SECBUFFER_DATA, SECQOP_WRAP_NO_ENCRYPT } from "../../generated/sspi/constants.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { MessageBuffer } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";

import { call, dce, received } from "./dce-package.ts";

describe("the signature of several buffers", () => {
  it("covers all of them that are not merely read-only, given to the package as one", () => {
    const seen: unknown[] = [];
    const { sign, verify } = dce();
    const seeing =
      (answer: typeof sign) =>
      (one: MessageCall): number => {
        seen.push(...one.buffers.all.map(({ type, bytes }) => [type, bytes.toString()]).slice(0, 1));
        return answer?.(one) ?? SEC_E_OK;
      };
    using client = complete(scripted({ sign: seeing(sign), verify: seeing(verify) }));
    const list = call();
    const parts = client.signBuffers(list);
    expect(parts.map(({ type, access, bytes }) => [type, access, bytes.length])).toEqual([
      ["data", "readonlyWithChecksum", 6],
      ["data", undefined, 8],
      ["data", "readonlyWithChecksum", 7],
      ["token", undefined, 16],
    ]);
    const message = Buffer.from("headerthe bodytrailer");
    expect(client.sign(message)).toEqual(parts[3]?.bytes);
    expect(client.verifyBuffers(received(list, parts))).toEqual({ code: "SEC_E_OK", quality: 0 });
    expect(seen).toEqual(Array(3).fill([SECBUFFER_DATA, "headerthe bodytrailer"]));
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
