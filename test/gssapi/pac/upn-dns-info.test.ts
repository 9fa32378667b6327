import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readUpnDnsInfo } from "../../../src/gssapi/pac/index.ts";
import { captured } from "./captured.ts";

const domainSid = "S-1-5-21-1786573042-2545341249-2425755663";

function changed(at: number, value: number): Uint8Array {
  const bytes = Buffer.from(captured.alice.upnDnsInfo);
  bytes.writeUInt16LE(value, at);
  return bytes;
}

describe("the names in a PAC", () => {
  it("of alice, from Samba, have the principal name that every account has", () => {
    expect(readUpnDnsInfo(captured.alice.upnDnsInfo)).toEqual({
      upn: "alice@ad.test",
      constructed: false,
      dnsDomain: "AD.TEST",
      sam: { account: "alice", sid: `${domainSid}-1102` },
    });
  });

  it("of bob, from Samba, have the principal name that he was given", () => {
    expect(readUpnDnsInfo(captured.bob.upnDnsInfo)).toMatchObject({ upn: "robert@ad.test", sam: { account: "bob" } });
  });

  it("of a domain controller before 2021 have neither account nor SID", () => {
    const bytes = changed(8, 1);
    expect(readUpnDnsInfo(bytes)).toEqual({ upn: "alice@ad.test", constructed: true, dnsDomain: "AD.TEST" });
  });

  it.each([
    ["a name that ends behind the bytes", 0, 0xfffe, "PAC: the user principal name ends at byte 65558 of 112"],
    ["a name that begins behind the bytes", 2, 0xffff, "PAC: the user principal name ends at byte"],
    ["half a code unit", 0, 5, "PAC: the user principal name has half a UTF-16 code unit"],
    ["a NUL in a name", 2, 0x54, "PAC: the user principal name is no text"],
    ["a SID that is cut", 16, 27, "SID: expected 28 bytes for 5 sub-authorities, got 27"],
  ])("with %s are refused", (_, at, value, complaint) => {
    expect(() => readUpnDnsInfo(changed(at, value))).toThrow(complaint);
    expect(() => readUpnDnsInfo(changed(at, value))).toThrow(RangeError);
  });

  it("are read or refused whatever bytes they are", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(19), fc.nat(0xffff)).map(([at, value]) => changed(at, value)),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        try {
          readUpnDnsInfo(given);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^(PAC|SID): /);
        }
      }),
      { numRuns: 500 },
    );
  });
});
