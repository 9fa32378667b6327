import { describe, expect, it } from "vitest";
import {
  SECBUFFER_DATA,
  SECBUFFER_PADDING,
  SECBUFFER_READONLY,
  SECBUFFER_READONLY_WITH_CHECKSUM,
  SECBUFFER_STREAM,
  SECBUFFER_TOKEN,
} from "../../generated/sspi/constants.ts";
import {
  SEC_E_BUFFER_TOO_SMALL,
  SEC_E_INTERNAL_ERROR,
  SEC_E_INVALID_TOKEN,
  SEC_E_MESSAGE_ALTERED,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../generated/status/constants.ts";
import type { Session } from "../../src/packages.ts";
import { descriptorOf } from "./raw-calls.ts";
import { type Given, handle, messagesOf, quality, sequence } from "./session-calls.ts";

const [data, token] = [SECBUFFER_DATA, SECBUFFER_TOKEN];
const readonly = (SECBUFFER_DATA | SECBUFFER_READONLY) >>> 0;
const checked = (SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM) >>> 0;
const reversed = (bytes: Uint8Array) => Buffer.from(bytes).reverse();

describe("a session of a package in TypeScript, called by a native caller", () => {
  it.each(["MakeSignature", "VerifySignature", "SealMessage", "UnsealMessage"])(
    "answers SEC_E_UNSUPPORTED_FUNCTION to %s if it does not have its function",
    (name) => {
      const { run, faults } = messagesOf({});
      expect(run(name, [data, "data"], [token, "token"]).status).toBe(SEC_E_UNSUPPORTED_FUNCTION);
      expect(faults()).toEqual([]);
    },
  );

  it.each<[string, Partial<Session>]>([
    ["MakeSignature", { sign: () => Buffer.from("s") }],
    ["VerifySignature", { verify: () => true }],
    ["SealMessage", { seal: (bytes) => ({ data: bytes, token: Buffer.from("t") }) }],
    ["UnsealMessage", { unseal: (bytes) => bytes }],
  ])("answers SEC_E_INVALID_TOKEN to %s without a TOKEN buffer, and leaves the data unchanged", (name, session) => {
    const { run, faults, asked } = messagesOf(session);
    expect(run(name, [data, "data"])).toEqual({ status: SEC_E_INVALID_TOKEN, left: [[data, "data"]] });
    expect(faults()).toEqual([]);
    expect(asked).toEqual([handle]);
  });
});

describe("sign", () => {
  const seen: unknown[] = [];
  const sign = (bytes: Buffer, options: object) => {
    seen.push([bytes.toString(), options]);
    return Buffer.from("mark");
  };

  it("gets the data of all buffers that are not only read, and fills the token; padding becomes empty", () => {
    const { run } = messagesOf({ sign });
    const { status, left } = run(
      "MakeSignature",
      [data, "one "],
      [readonly, "unsigned"],
      [checked, "two"],
      [token, "room for"],
      [SECBUFFER_PADDING, "pad"],
    );
    expect(status).toBe(SEC_E_OK);
    expect(seen.splice(0)).toEqual([["one two", { quality, sequence }]]);
    expect(left).toEqual([
      [data, "one "],
      [data, "unsigned"],
      [data, "two"],
      [token, "mark"],
      [SECBUFFER_PADDING, ""],
    ]);
  });

  it("needs a TOKEN buffer of the signature's size: one byte less is SEC_E_BUFFER_TOO_SMALL", () => {
    const { run } = messagesOf({ sign });
    expect(run("MakeSignature", [token, "room"])).toEqual({ status: SEC_E_OK, left: [[token, "mark"]] });
    expect(run("MakeSignature", [token, "roo"], [SECBUFFER_PADDING, "pad"])).toEqual({
      status: SEC_E_BUFFER_TOO_SMALL,
      left: [
        [token, "roo"],
        [SECBUFFER_PADDING, "pad"],
      ],
    });
  });
});

describe("verify", () => {
  it.each<[unknown, number, number]>([
    [true, SEC_E_OK, 0],
    [false, SEC_E_MESSAGE_ALTERED, 77],
    ["true", SEC_E_INTERNAL_ERROR, 77],
    [1, SEC_E_INTERNAL_ERROR, 77],
  ])(
    "that returns %j makes the caller get status 0x%x, and the quality only for a good signature",
    (good, status, left) => {
      const seen: unknown[] = [];
      const verify = (...args: unknown[]): boolean => {
        seen.push(args.map((value) => (Buffer.isBuffer(value) ? value.toString() : value)));
        return good as boolean;
      };
      const { run, place, faults } = messagesOf({ verify });
      expect(run("VerifySignature", [data, "data"], [token, "token"]).status).toBe(status);
      expect(seen).toEqual([["data", "token", { quality: 0, sequence }]]);
      expect(place.uint32).toBe(left);
      expect(faults()).toEqual(
        status === SEC_E_INTERNAL_ERROR
          ? [`verify: TypeError: verify: expected true or false, got ${typeof good}`]
          : [],
      );
    },
  );

  it("and unseal may be called without a place for the quality", () => {
    const { call, memory } = messagesOf({ verify: () => true, unseal: (bytes) => bytes });
    const message = descriptorOf(memory, [data, Buffer.from("data")], [token, Buffer.from("token")]);
    for (const name of ["VerifySignature", "UnsealMessage"]) expect(call(name, handle, message, 0, 0)).toBe(SEC_E_OK);
  });
});

describe("seal", () => {
  const seal = (bytes: Buffer) => ({ data: reversed(bytes), token: Buffer.from("mark") });

  it("gets the writable data and the associated data, and its result is written back over all writable buffers", () => {
    const seen: unknown[] = [];
    const { run } = messagesOf({
      authenticatesAssociated: true,
      seal: (bytes, { associated, ...options }) => {
        seen.push([bytes.toString(), associated.toString(), options]);
        return seal(bytes);
      },
    });
    const given: Given = [
      [checked, "head"],
      [data, "abc"],
      [readonly, "not at all"],
      [data, "de"],
      [token, "room"],
    ];
    expect(run("SealMessage", ...given)).toEqual({
      status: SEC_E_OK,
      left: [
        [data, "head"],
        [data, "edc"],
        [data, "not at all"],
        [data, "ba"],
        [token, "mark"],
      ],
    });
    expect(seen).toEqual([["abcde", "head", { quality, sequence }]]);
  });

  it("writes nothing when the token does not fit", () => {
    const { run } = messagesOf({ seal });
    expect(run("SealMessage", [data, "abc"], [token, "roo"])).toEqual({
      status: SEC_E_BUFFER_TOO_SMALL,
      left: [
        [data, "abc"],
        [token, "roo"],
      ],
    });
  });

  it.each<[string, Partial<Session>]>([
    ["SealMessage", { seal }],
    ["SealMessage", { seal, authenticatesAssociated: "yes" as never }],
    ["UnsealMessage", { unseal: (bytes) => bytes }],
  ])("B3: %s refuses associated data that the session would not protect", (name, session) => {
    const { run } = messagesOf(session);
    expect(run(name, [checked, "head"], [data, "abc"], [token, "mark"]).status).toBe(SEC_E_UNSUPPORTED_FUNCTION);
  });
});

describe("unseal", () => {
  it("makes the buffers shorter that its plain text does not fill", () => {
    const plain = (length: number) => {
      const { run } = messagesOf({ unseal: (bytes) => bytes.subarray(0, length) });
      return run("UnsealMessage", [data, "abc"], [data, "def"], [token, "mark"]).left.slice(0, 2);
    };
    const texts = (length: number) => plain(length).map(([, text]) => text);
    expect([6, 4, 3, 2, 0].map(texts)).toEqual([
      ["abc", "def"],
      ["abc", "d"],
      ["abc", ""],
      ["ab", ""],
      ["", ""],
    ]);
  });

  it("may not return more than it got: nothing is written, and the fault recorded", () => {
    const { run, faults } = messagesOf({ unseal: () => Buffer.from("abcd") });
    expect(run("UnsealMessage", [data, "123"], [token, "mark"])).toEqual({
      status: SEC_E_INTERNAL_ERROR,
      left: [
        [data, "123"],
        [token, "mark"],
      ],
    });
    expect(faults()).toEqual(["unseal: RangeError: unseal: expected at most 3 bytes, got 4"]);
  });
});

describe("a message in one STREAM buffer", () => {
  const unseal = (bytes: Buffer, mark: Buffer) => Buffer.from(bytes.map((byte) => byte + mark.length));
  const sizes = (cbSecurityTrailer: number) => ({
    sizes: () => ({ cbMaxToken: 1, cbMaxSignature: 1, cbBlockSize: 0, cbSecurityTrailer }),
  });

  it.each([
    [4, [token, "mark"], [data, "efg"]],
    [7, [token, "markabc"], [data, ""]],
    [0, [token, ""], [data, "markabc"]],
  ])("is split after a token of %i bytes, which its session's sizes tell", (trailer, first, second) => {
    const { run } = messagesOf({ unseal, query: sizes(trailer) });
    expect(run("UnsealMessage", [SECBUFFER_STREAM, "markabc"], [data, ""])).toEqual({
      status: SEC_E_OK,
      left: [first, second],
    });
  });

  it("is all data if its session tells no sizes", () => {
    const whole = [
      [token, ""],
      [data, "markabc"],
    ];
    for (const query of [undefined, {}]) {
      const { run } = messagesOf({ unseal, ...(query && { query }) });
      expect(run("UnsealMessage", [SECBUFFER_STREAM, "markabc"], [data, ""])).toEqual({
        status: SEC_E_OK,
        left: whole,
      });
    }
  });

  it("is refused with SEC_E_INVALID_TOKEN when it is shorter than its token, or without a buffer for the data", () => {
    const { run } = messagesOf({ unseal, query: sizes(4) });
    expect(run("UnsealMessage", [SECBUFFER_STREAM, "mar"], [data, ""])).toEqual({
      status: SEC_E_INVALID_TOKEN,
      left: [
        [SECBUFFER_STREAM, "mar"],
        [data, ""],
      ],
    });
    expect(run("UnsealMessage", [SECBUFFER_STREAM, "markabc"]).status).toBe(SEC_E_INVALID_TOKEN);
  });
});
