import { describe, expect, it } from "vitest";
import {
  SECBUFFER_DATA,
  SECBUFFER_EMPTY,
  SECBUFFER_EXTRA,
  SECBUFFER_MISSING,
  SECBUFFER_STREAM,
  SECBUFFER_STREAM_HEADER,
  SECBUFFER_STREAM_TRAILER,
  SECBUFFER_TOKEN,
} from "../../generated/sspi/constants.ts";
import {
  SEC_E_INCOMPLETE_MESSAGE,
  SEC_E_INTERNAL_ERROR,
  SEC_E_INVALID_TOKEN,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
  SEC_I_CONTEXT_EXPIRED,
  SEC_I_RENEGOTIATE,
} from "../../generated/status/constants.ts";
import { type Given, messagesOf, sequence } from "./session-calls.ts";

const [data, token] = [SECBUFFER_DATA, SECBUFFER_TOKEN];
const reversed = (bytes: Uint8Array) => Buffer.from(bytes).reverse();

describe("a record of a session in TypeScript, called by a native caller", () => {
  const sealRecord = (bytes: Buffer) => ({
    header: Buffer.from("<"),
    data: reversed(bytes),
    trailer: Buffer.from(">"),
  });
  const [header, trailer] = [SECBUFFER_STREAM_HEADER, SECBUFFER_STREAM_TRAILER];

  it("is sealed into header, data and trailer, all of which are needed", () => {
    const { run } = messagesOf({ sealRecord });
    expect(run("SealMessage", [header, "  "], [data, "abc"], [trailer, " "])).toEqual({
      status: SEC_E_OK,
      left: [
        [header, "<"],
        [data, "cba"],
        [trailer, ">"],
      ],
    });
    expect(run("SealMessage", [header, "  "], [trailer, " "]).status).toBe(SEC_E_INVALID_TOKEN);
    expect(run("SealMessage", [header, "  "], [data, "abc"])).toEqual({
      status: SEC_E_INVALID_TOKEN,
      left: [
        [header, "  "],
        [data, "abc"],
      ],
    });
  });

  it("is no record without a header, or with a token: those go to seal and unseal", () => {
    const { run } = messagesOf({ sealRecord, openRecord: () => ({ status: "data", length: 0 }) });
    expect(run("SealMessage", [data, "abc"], [trailer, " "]).status).toBe(SEC_E_UNSUPPORTED_FUNCTION);
    for (const given of [
      [
        [data, "abc"],
        [token, "t"],
        [SECBUFFER_EMPTY, ""],
      ],
      [
        [data, "abc"],
        [SECBUFFER_STREAM, "t"],
        [SECBUFFER_EMPTY, ""],
      ],
      [
        [SECBUFFER_EMPTY, ""],
        [data, "abc"],
      ],
      [
        [data, "abc"],
        [data, "d"],
      ],
    ] as const)
      expect(run("UnsealMessage", ...given).status).toBe(SEC_E_UNSUPPORTED_FUNCTION);
  });

  const spare: Given = [
    [SECBUFFER_EMPTY, ""],
    [SECBUFFER_EMPTY, ""],
    [SECBUFFER_EMPTY, ""],
  ];
  const open = (record: unknown, given: Given = spare) => {
    const seen: unknown[] = [];
    const { run, faults, place } = messagesOf({
      openRecord: (bytes, options) => {
        seen.push([bytes.toString(), options]);
        return record as never;
      },
    });
    const result = run("UnsealMessage", [data, "<<data>>rest"], ...given);
    expect(seen).toEqual([["<<data>>rest", { quality: 0, sequence }]]);
    return { ...result, faults: faults(), quality: place.uint32 };
  };

  it("is opened where it is: each buffer says where its part is", () => {
    const record = { status: "data", length: 8, start: 2, data: Buffer.from("DATA") };
    expect(open(record)).toEqual({
      status: SEC_E_OK,
      left: [
        [header, "<<"],
        [data, "DATA"],
        [trailer, ">>"],
        [SECBUFFER_EXTRA, "rest"],
      ],
      faults: [],
      quality: 0,
    });
    expect(open({ ...record, length: 12 }).left[3]).toEqual([SECBUFFER_EMPTY, ""]);
    expect(open({ status: "closed", length: 8 }, spare.slice(0, 1))).toMatchObject({
      status: SEC_I_CONTEXT_EXPIRED,
      left: [
        [header, ""],
        [data, ""],
      ],
    });
  });

  it("that is incomplete turns its buffer into MISSING, if the session says how much is missing", () => {
    expect(open({ status: "incomplete-message", missing: 3 }).left[0]?.[0]).toBe(SECBUFFER_MISSING);
    expect(open({ status: "incomplete-message" })).toMatchObject({
      status: SEC_E_INCOMPLETE_MESSAGE,
      left: [[data, "<<data>>rest"], ...spare],
    });
  });

  it("that is a handshake message is rewritten in its place, and EXTRA covers it and all bytes after it", () => {
    const record = { status: "renegotiate", length: 8, rewritten: Buffer.from("[[DATA]]") };
    expect(open(record)).toMatchObject({
      status: SEC_I_RENEGOTIATE,
      left: [
        [header, ""],
        [SECBUFFER_EMPTY, ""],
        [SECBUFFER_EMPTY, ""],
        [SECBUFFER_EXTRA, "[[DATA]]rest"],
      ],
    });
    expect(open(record, spare.slice(0, 1)).left).toHaveLength(2);
  });

  it.each([
    [{ length: 8, rewritten: Buffer.from("[[DATA]") }, "expected 8 bytes in the record's place, got 7"],
    [{ length: 8, rewritten: Buffer.from("[[DATA]]]") }, "expected 8 bytes in the record's place, got 9"],
    [{ length: 13, rewritten: Buffer.alloc(13) }, "openRecord: length"],
    [{ length: 2, rewritten: "[[" }, "openRecord: rewritten"],
  ])("that is rewritten with another length is a fault, and nothing is written: %o", (record, text) => {
    expect(open({ status: "renegotiate", ...record })).toMatchObject({
      status: SEC_E_INTERNAL_ERROR,
      left: [[data, "<<data>>rest"], ...spare],
      faults: [expect.stringContaining(text)],
    });
  });
});
