import { describe, expect, it } from "vitest";
import { SECQOP_WRAP_NO_ENCRYPT } from "../../generated/sspi/constants.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { type ClientContext, NotEncryptedError } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";
import { opening, recordPackage } from "./records.ts";

const records = { header: 13, trailer: 36, maximum: 100 };

type Read = (client: ClientContext, options: object) => unknown;

const reads: readonly (readonly [string, Read])[] = [
  ["decrypt", (client, options) => client.decrypt(Buffer.alloc(32), options)],
  ["decryptInPlace", (client, options) => client.decryptInPlace(Buffer.alloc(16), Buffer.alloc(8), options)],
  ["decryptBuffers", (client, options) => client.decryptBuffers([{ type: "data", bytes: Buffer.alloc(8) }], options)],
];

const streamReads: readonly (readonly [string, Read])[] = [
  ["decryptStream", (client, options) => client.decryptStream(Buffer.alloc(50), options)],
  ["decryptStreamInPlace", (client, options) => client.decryptStreamInPlace(Buffer.alloc(50), options)],
];

const all = [
  ...reads.map((read) => [...read, {}] as const),
  ...streamReads.map((read) => [...read, recordPackage(records)] as const),
];

describe.each(all)("the options of %s", (_, read, script) => {
  it("B15 do not allow a message that was only signed unless they say so, whatever else they say", () => {
    const decrypt = (call: MessageCall): number => {
      call.answerQuality(SECQOP_WRAP_NO_ENCRYPT);
      return SEC_E_OK;
    };
    using client = complete(scripted({ ...script, decrypt }));
    for (const options of [{}, { sequence: 1 }, { allowUnencrypted: undefined }, { allowUnencrypted: false }])
      expect(() => read(client, options)).toThrow(NotEncryptedError);
  });

  it("are refused before the package is called where allowUnencrypted is no boolean", () => {
    const sspi = scripted({ ...script, decrypt: () => SEC_E_OK });
    using client = complete(sspi);
    for (const allowUnencrypted of [1, 0, "false", null, {}])
      expect(() => read(client, { allowUnencrypted })).toThrow(/^allowUnencrypted: expected a boolean, got /);
    expect(sspi.count("DecryptMessage")).toBe(0);
  });
});

describe("the number of a record", () => {
  const noting = (seen: number[]) => {
    const { encrypt } = recordPackage(records);
    return complete(
      scripted({
        ...recordPackage(records),
        encrypt(call) {
          seen.push(call.sequence);
          return encrypt?.(call) ?? SEC_E_OK;
        },
        decrypt(call) {
          seen.push(call.sequence);
          return opening(call);
        },
      }),
    );
  };

  it("reaches the package, 0 by default: encrypt, decryptStream, decryptStreamInPlace", () => {
    const seen: number[] = [];
    using client = noting(seen);
    const options = { sequence: 7 };
    const record = client.encrypt(Buffer.from("m"));
    client.encrypt(Buffer.from("m"), options);
    client.decryptStream(record);
    client.decryptStream(record, options);
    client.decryptStreamInPlace(Buffer.from(record));
    client.decryptStreamInPlace(Buffer.from(record), options);
    expect(seen).toEqual([0, 7, 0, 7, 0, 7]);
  });
});
