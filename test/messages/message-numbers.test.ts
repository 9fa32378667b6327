import { describe, expect, it } from "vitest";
import { SEC_E_MESSAGE_ALTERED, SEC_E_OK } from "../../generated/status/constants.ts";
import { complete, scripted } from "../scripted/scripted.ts";

/** A context on a package that notes `MessageSeqNo` and answers what it is told. */
function noting(countsMessages: boolean) {
  const seen: string[] = [];
  const answers: number[] = [];
  const note = (name: string) => (call: { sequence: number }) => {
    seen.push(`${name} ${call.sequence}`);
    return answers.shift() ?? SEC_E_OK;
  };
  const sspi = scripted({
    traits: { countsMessages },
    sizes: { trailer: 16, signature: 16 },
    encrypt: note("encrypt"),
    decrypt: note("decrypt"),
    sign: note("sign"),
    verify: note("verify"),
  });
  return { seen, answers, context: complete(sspi) };
}

const message = Buffer.from("a message");
const token = () => Buffer.alloc(16);

describe("messages on WinPR, whose packages count none", () => {
  it("are numbered one after the other, each way for itself, signed or sealed", () => {
    const { seen, context } = noting(false);
    using client = context;
    client.encryptInPlace(token(), Buffer.from(message));
    client.sign(message);
    client.encryptInPlace(token(), Buffer.from(message));
    client.decryptInPlace(token(), Buffer.from(message));
    client.verify(message, token());
    expect(seen).toEqual(["encrypt 0", "sign 1", "encrypt 2", "decrypt 0", "verify 1"]);
  });

  it("do not count when they fail, nor when the caller numbers them", () => {
    const { seen, answers, context } = noting(false);
    using client = context;
    answers.push(SEC_E_MESSAGE_ALTERED);
    expect(() => client.decryptInPlace(token(), Buffer.from(message))).toThrow("SEC_E_MESSAGE_ALTERED");
    client.decryptInPlace(token(), Buffer.from(message), { sequence: 7 });
    client.decryptInPlace(token(), Buffer.from(message));
    client.decryptInPlace(token(), Buffer.from(message));
    expect(seen).toEqual(["decrypt 0", "decrypt 7", "decrypt 0", "decrypt 1"]);
  });
});

describe("messages elsewhere", () => {
  it("are left to the package to number", () => {
    const { seen, context } = noting(true);
    using client = context;
    client.encryptInPlace(token(), Buffer.from(message));
    client.encryptInPlace(token(), Buffer.from(message));
    client.verify(message, token());
    client.verify(message, token());
    expect(seen).toEqual(["encrypt 0", "encrypt 0", "verify 0", "verify 0"]);
  });
});
