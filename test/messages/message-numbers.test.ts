import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_MESSAGE_ALTERED, SEC_E_OK } from "../../generated/status/constants.ts";
import { complete, scripted } from "../scripted/scripted.ts";

/** A context on a package that records `MessageSeqNo` and answers as scripted. */
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
    client.decryptInPlace(token(), Buffer.from(message));
    expect(seen).toEqual(["encrypt 0", "sign 1", "encrypt 2", "decrypt 0", "verify 1", "decrypt 2"]);
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

type Way = "encrypt" | "sign" | "decrypt" | "verify";

describe("the numbers of any messages on WinPR", () => {
  it("are the next ones each way, whoever numbered others himself, and whatever failed between them", () => {
    const one = fc.record({
      way: fc.constantFrom<Way>("encrypt", "sign", "decrypt", "verify"),
      // Half of them: the counters are seen only where two messages of one way leave the number to the library.
      sequence: fc.option(fc.nat(9), { nil: undefined, freq: 2 }),
      fails: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (messages) => {
        const { seen, answers, context } = noting(false);
        using client = context;
        const call: Readonly<Record<Way, (options: { sequence?: number }) => unknown>> = {
          encrypt: (options) => client.encryptInPlace(token(), Buffer.from(message), options),
          sign: (options) => client.sign(message, options),
          decrypt: (options) => client.decryptInPlace(token(), Buffer.from(message), options),
          verify: (options) => client.verify(message, token(), options),
        };
        const next = { sent: 0, received: 0 };
        const expected = messages.map(({ way, sequence, fails }) => {
          const side = way === "encrypt" || way === "sign" ? "sent" : "received";
          const number = sequence ?? next[side];
          if (sequence === undefined && !fails) next[side] += 1;
          answers.push(fails ? SEC_E_MESSAGE_ALTERED : SEC_E_OK);
          const made = (): unknown => call[way](sequence === undefined ? {} : { sequence });
          if (fails) expect(made).toThrow("SEC_E_MESSAGE_ALTERED");
          else made();
          return `${way} ${number}`;
        });
        expect(seen).toEqual(expected);
      }),
      { numRuns: 60 },
    );
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
