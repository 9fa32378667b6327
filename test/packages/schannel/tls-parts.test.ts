import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SP_PROT } from "../../../generated/schannel/constants.ts";
import {
  SECBUFFER_APPLICATION_PROTOCOLS,
  SecApplicationProtocolNegotiationExt_ALPN,
  SecApplicationProtocolNegotiationExt_NPN,
} from "../../../generated/sspi/constants.ts";
import type { PackageError, SuppliedSchannel } from "../../../src/packages/author/index.ts";
import { alpnNames } from "../../../src/packages/schannel/alpn-names.ts";
import { packNumber, unpackConnection } from "../../../src/packages/schannel/packed-number.ts";
import { protocolBit, protocolsOf } from "../../../src/packages/schannel/protocols.ts";
import { asSchannel, statusOf } from "../../../src/packages/schannel/schannel-failure.ts";
import { asksForKeys, lastRecord, plainRecord, recordLength } from "../../../src/packages/schannel/tls-records.ts";
import { TlsError } from "../../../src/tls/index.ts";

const error = (code: string) => expect.objectContaining({ code });

/** A record with a fragment of this length. */
function record(length: number): Buffer {
  const bytes = Buffer.alloc(5 + length, 0xab);
  bytes.writeUInt16BE(length, 3);
  return bytes;
}

const records = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 8 });

describe("the records of TLS", () => {
  it("have the length that their head says, which is the least that is missing", () => {
    expect(recordLength(Buffer.alloc(0))).toBe(5);
    expect(recordLength(record(7).subarray(0, 4))).toBe(5);
    expect(recordLength(record(7).subarray(0, 5))).toBe(12);
    expect(recordLength(Buffer.concat([record(0x1234), record(1)]))).toBe(5 + 0x1234);
  });

  it("are refused with SEC_E_ILLEGAL_MESSAGE when longer than a protected record of 16 KiB can be", () => {
    expect(recordLength(record(0x4000 + 2048))).toBe(5 + 0x4000 + 2048);
    expect(() => recordLength(record(0x4000 + 2049))).toThrow(error("SEC_E_ILLEGAL_MESSAGE"));
  });

  it("are told apart: the last one begins where the others end", () => {
    fc.assert(
      fc.property(records, (lengths) => {
        const all = Buffer.concat(lengths.map(record));
        expect(lastRecord(all)).toBe(all.length - 5 - (lengths.at(-1) as number));
      }),
      { numRuns: 50 },
    );
  });

  it("are replaced by plain handshake records of the same length", () => {
    const messages = [Buffer.from("one"), Buffer.from("two")];
    expect(plainRecord(messages, 15).toString("latin1")).toBe("\x16\x03\x03\x00\x0aonetwo\0\0\0\0");
  });

  it.each([
    [[24, 0, 0, 1, 1], true],
    [[24, 0, 0, 1, 0], false],
    [[4, 0, 0, 1, 1], false],
    [[], false],
  ])("ask for new keys in a KeyUpdate that requests them, and in nothing else: %j is %s", (message, asks) => {
    expect(asksForKeys(Buffer.from(message))).toBe(asks);
  });
});

/** An APPLICATION_PROTOCOLS buffer of lists with names. */
function offer(...lists: readonly (readonly [kind: number, names: readonly string[]])[]): Buffer {
  const parts = lists.map(([kind, names]) => {
    const list = Buffer.concat(names.flatMap((name) => [Buffer.of(Buffer.byteLength(name)), Buffer.from(name)]));
    const head = Buffer.alloc(6);
    head.writeUInt32LE(kind);
    head.writeUInt16LE(list.length, 4);
    return Buffer.concat([head, list]);
  });
  const size = Buffer.alloc(4);
  size.writeUInt32LE(Buffer.concat(parts).length);
  return Buffer.concat([size, ...parts]);
}

describe("the ALPN names of a leg's buffers", () => {
  const [alpn, npn] = [SecApplicationProtocolNegotiationExt_ALPN, SecApplicationProtocolNegotiationExt_NPN];
  const named = (bytes: Buffer) => alpnNames([{ type: SECBUFFER_APPLICATION_PROTOCOLS, bytes }]);

  it("are those of all lists of ALPN, in order, and of no other buffer", () => {
    expect(alpnNames([])).toEqual([]);
    expect(alpnNames([{ type: 2, bytes: offer([alpn, ["h2"]]) }])).toEqual([]);
    expect(named(offer())).toEqual([]);
    expect(named(offer([alpn, []]))).toEqual([]);
    expect(named(offer([alpn, ["h2", "http/1.1"]], [npn, ["spdy"]], [alpn, ["é", ""]]))).toEqual([
      "h2",
      "http/1.1",
      "é",
      "",
    ]);
  });

  it("are refused with SEC_E_INVALID_PARAMETER when the buffer ends within a list or a name", () => {
    const whole = offer([alpn, ["h2", "x"]]);
    expect(named(whole)).toEqual(["h2", "x"]);
    for (let length = 5; length < whole.length; length += 1)
      expect(() => named(whole.subarray(0, length)), `${length} bytes`).toThrow(error("SEC_E_INVALID_PARAMETER"));
    const longName = Buffer.from(whole);
    longName[10] = 5;
    expect(() => named(longName)).toThrow(error("SEC_E_INVALID_PARAMETER"));
  });
});

describe("a connection's packed number", () => {
  it("finds that connection, and nothing else is accepted", () => {
    const byId = new Map([
      [1n, "one"],
      [2n ** 64n - 1n, "last"],
    ]);
    for (const [id, connection] of byId) expect(unpackConnection(packNumber(id), byId)).toBe(connection);
    for (const wrong of [packNumber(2n), Buffer.alloc(0), packNumber(1n).subarray(0, 7), Buffer.alloc(9, 1)])
      expect(() => unpackConnection(wrong, byId)).toThrow(error("SEC_E_INVALID_TOKEN"));
    const longer = Buffer.concat([packNumber(1n), Buffer.alloc(1)]);
    expect(() => unpackConnection(longer, byId)).toThrow(error("SEC_E_INVALID_TOKEN"));
  });
});

describe("the versions of TLS that a caller's credentials allow", () => {
  const { tls12Client, tls13Client, tls12Server, tls13Server } = SP_PROT;
  const all = (tls12Client | tls13Client | tls12Server | tls13Server) >>> 0;
  const given = (struct: SuppliedSchannel["struct"], enabledProtocols: number, disabledProtocols: number) =>
    ({ struct, certificates: [], flags: [], enabledProtocols, disabledProtocols }) as SuppliedSchannel;

  it.each<[SuppliedSchannel["struct"], number, number, "client" | "server", readonly string[]]>([
    ["SCHANNEL_CRED", 0, 0, "client", ["tls1.2"]],
    ["SCHANNEL_CRED", all, 0, "server", ["tls1.2"]],
    ["SCHANNEL_CRED", tls12Client, 0, "client", ["tls1.2"]],
    ["SCH_CREDENTIALS", 0, 0, "client", ["tls1.2", "tls1.3"]],
    ["SCH_CREDENTIALS", 0, tls12Client, "client", ["tls1.3"]],
    ["SCH_CREDENTIALS", 0, tls13Server, "server", ["tls1.2"]],
    ["SCH_CREDENTIALS", 0, tls13Server, "client", ["tls1.2", "tls1.3"]],
    ["SCH_CREDENTIALS", tls13Client, 0, "client", ["tls1.3"]],
  ])("%s, enabled 0x%x, disabled 0x%x, as %s: %j", (struct, enabled, disabled, side, protocols) => {
    expect(protocolsOf(given(struct, enabled, disabled), side)).toEqual({ protocols });
  });

  it.each<[SuppliedSchannel["struct"], number, number, "client" | "server"]>([
    ["SCHANNEL_CRED", tls13Client, 0, "client"],
    ["SCHANNEL_CRED", tls12Server, 0, "client"],
    ["SCHANNEL_CRED", 0, tls12Client, "client"],
    ["SCH_CREDENTIALS", 0, all, "server"],
    ["SCH_CREDENTIALS", tls12Client, tls12Client, "client"],
  ])(
    "none is refused with SEC_E_ALGORITHM_MISMATCH: %s, enabled 0x%x, disabled 0x%x, as %s",
    (struct, enabled, disabled, side) => {
      expect(() => protocolsOf(given(struct, enabled, disabled), side)).toThrow(error("SEC_E_ALGORITHM_MISMATCH"));
    },
  );

  it("are not restricted without credentials, and have the bits of ConnectionInfo", () => {
    expect(protocolsOf(undefined, "client")).toEqual({});
    expect(protocolBit("client", "tls1.3")).toBe(tls13Client);
    expect(protocolBit("server", "tls1.2")).toBe(tls12Server);
  });
});

/** X.509's errors, TLS's alerts and OpenSSL's reasons by their published numbers. */
const failures: readonly (readonly [TlsError["failure"], number, string])[] = [
  ["name", 62, "SEC_E_WRONG_PRINCIPAL"],
  ["untrusted", 10, "SEC_E_CERT_EXPIRED"],
  ["untrusted", 18, "SEC_E_UNTRUSTED_ROOT"],
  ["untrusted", 19, "SEC_E_UNTRUSTED_ROOT"],
  ["untrusted", 20, "SEC_E_UNTRUSTED_ROOT"],
  ["untrusted", 21, "SEC_E_UNTRUSTED_ROOT"],
  ["untrusted", 23, "SEC_E_CERT_UNKNOWN"],
  ["alert", 42, "SEC_E_CERT_UNKNOWN"],
  ["alert", 45, "SEC_E_CERT_EXPIRED"],
  ["alert", 48, "SEC_E_UNTRUSTED_ROOT"],
  ["alert", 40, "SEC_E_ILLEGAL_MESSAGE"],
  ["protocol", 235, "SEC_E_APPLICATION_PROTOCOL_MISMATCH"],
  ["protocol", 191, "SEC_E_ALGORITHM_MISMATCH"],
  ["protocol", 193, "SEC_E_ALGORITHM_MISMATCH"],
  ["protocol", 258, "SEC_E_UNSUPPORTED_FUNCTION"],
  ["protocol", 1, "SEC_E_ILLEGAL_MESSAGE"],
];

describe("a failure of TLS", () => {
  it.each(failures)("in the handshake, %s %i, has Schannel's status %s", (failure, reason, code) => {
    expect(statusOf(new TlsError("refused", { failure, reason }), "handshake")).toBe(code);
  });

  it("in a record is SEC_E_DECRYPT_FAILURE, except for alerts", () => {
    expect(statusOf(new TlsError("x", { failure: "protocol", reason: 235 }), "record")).toBe("SEC_E_DECRYPT_FAILURE");
    expect(statusOf(new TlsError("x", { failure: "alert", reason: 48 }), "record")).toBe("SEC_E_UNTRUSTED_ROOT");
  });

  it("is thrown with its message and the alert for the peer; other errors are thrown unchanged", () => {
    const tls = new TlsError("no trust", { failure: "untrusted", reason: 18 }, Buffer.from("alert"));
    const fail = (thrown: Error) => () =>
      asSchannel("handshake", () => {
        throw thrown;
      });
    try {
      fail(tls)();
      expect.unreachable();
    } catch (thrown) {
      const { code, message, token = [] } = thrown as PackageError;
      expect([code, message, Buffer.from(token).toString()]).toEqual(["SEC_E_UNTRUSTED_ROOT", "no trust", "alert"]);
    }
    const other = new RangeError("a mistake");
    expect(fail(other)).toThrow(other);
    expect(asSchannel("record", () => 5)).toBe(5);
  });
});
