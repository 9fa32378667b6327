import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integer, octetString, sequence, tagged, writeDer } from "../../src/credssp/der-writer.ts";
import { decodeCredentials, encodeCredentials } from "../../src/credssp/ts-credentials.ts";
import { refusalOf } from "./refusal-of.ts";

const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

function written(texts: readonly Uint8Array[], type = 1): Buffer {
  const inner = writeDer(sequence(...texts.map((text, index) => tagged(index, octetString(text)))));
  return writeDer(sequence(tagged(0, integer(type)), tagged(1, octetString(inner))));
}

const texts = fc.string({ unit: "grapheme", maxLength: 300 }).map((text) => text.replaceAll("\0", ""));

describe("TSCredentials", () => {
  it("come back as they were written", () => {
    fc.assert(
      fc.property(texts, texts, texts, (domain, user, password) => {
        const bytes = encodeCredentials({ domain, user, password: utf16(password) });
        const read = decodeCredentials(bytes);
        expect([read.domain, read.user]).toEqual([domain, user]);
        expect(Buffer.from(read.password).toString("utf16le")).toBe(password);
      }),
    );
  });

  it("are what Windows' clients send, byte by byte", () => {
    const bytes = encodeCredentials({ domain: "D", user: "u", password: utf16("p") });
    expect(bytes.toString("hex")).toBe("301da003020101a1160414" + "3012a00404024400a10404027500a20404027000");
  });

  it("lose one NUL at the end of each text, which rdesktop writes", () => {
    const read = decodeCredentials(written([utf16("EXAMPLE.TEST\0"), utf16("alice\0"), utf16("userpw\0")]));
    expect([read.domain, read.user]).toEqual(["EXAMPLE.TEST", "alice"]);
    expect(Buffer.from(read.password)).toEqual(utf16("userpw"));
  });

  it("keep the password in memory of its own, which no zeroing of the message reaches", () => {
    const bytes = encodeCredentials({ domain: "", user: "alice", password: utf16("userpw") });
    const { password } = decodeCredentials(bytes);
    bytes.fill(0);
    expect(Buffer.from(password).toString("utf16le")).toBe("userpw");
    expect(password.buffer.byteLength).toBe(password.length);
  });

  it.each([
    ["a NUL inside the domain", [utf16("EXA\0MPLE"), utf16("alice"), utf16("p")]],
    ["two NULs at the end of the user", [utf16("E"), utf16("alice\0\0"), utf16("p")]],
    ["half a character", [utf16("E"), Buffer.from("616c6900", "hex").subarray(0, 3), utf16("p")]],
    ["half a surrogate in the user", [utf16("E"), Buffer.from("00d8", "hex"), utf16("p")]],
    ["a text too few", [utf16("E"), utf16("alice")]],
    ["a text too many", [utf16("E"), utf16("alice"), utf16("p"), utf16("x")]],
  ])("with %s are refused: SEC_E_INVALID_TOKEN", (_, parts) => {
    expect(refusalOf(() => decodeCredentials(written(parts))).code).toBe("SEC_E_INVALID_TOKEN");
  });

  it("of another type are refused: SEC_E_UNSUPPORTED_FUNCTION", () => {
    for (const type of [2, 6])
      expect(refusalOf(() => decodeCredentials(written([utf16("")], type))).code).toBe("SEC_E_UNSUPPORTED_FUNCTION");
  });
});
