import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLogonInfo } from "../../../src/gssapi/pac/index.ts";
import { captured } from "./captured.ts";
import { logonInfoBytes, type WrittenLogonInfo } from "./logon-info-bytes.ts";

const domainSid = "S-1-5-21-1786573042-2545341249-2425755663";
const mandatory = 7;

const accountName = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((name) => !/["/\\[\]:;|=,+*?<>]/.test(name));
const uint32 = fc.nat(0xffff_ffff);
const member = fc.record({ id: uint32, attributes: uint32 });
const subAuthorities = fc.array(uint32, { maxLength: 15 });
const written: fc.Arbitrary<WrittenLogonInfo> = fc.record({
  account: accountName,
  fullName: fc.string({ maxLength: 40 }),
  domain: accountName,
  userId: fc.integer({ min: 1, max: 0xffff_ffff }),
  domainSid: subAuthorities,
  groups: fc.array(member, { maxLength: 40 }),
  flags: fc.constant(0x220),
  extraSids: fc.array(fc.record({ sid: subAuthorities, attributes: uint32 }), { maxLength: 10 }),
  resourceSid: subAuthorities,
  resourceGroups: fc.array(member, { maxLength: 10 }),
});
const plain: WrittenLogonInfo = {
  account: "alice",
  fullName: "",
  domain: "AD",
  userId: 1103,
  domainSid: [21, 1, 2, 3],
  groups: [{ id: 513, attributes: mandatory }],
  flags: 0,
  extraSids: [],
  resourceSid: undefined,
  resourceGroups: [],
};

/** A user without a relative identifier: the first identifier from elsewhere belongs to the user. */
const fromElsewhere = {
  userId: 0,
  domainSid: undefined,
  flags: 0x20,
  extraSids: [
    { sid: [21, 7, 1000], attributes: mandatory },
    { sid: [32, 545], attributes: mandatory },
  ],
};

const text = (parts: readonly number[]): string => ["S-1-5", ...parts].join("-");

/** The result of reading bytes: the value, or the expected error; any other outcome fails. */
function outcome(bytes: Uint8Array): unknown {
  try {
    return readLogonInfo(bytes);
  } catch (error) {
    if (error instanceof RangeError && /^(NDR|PAC|SID): /.test(error.message)) return error;
    throw error;
  }
}

describe("the logon information of a PAC", () => {
  it("of alice, from Samba, has her account, her NetBIOS domain, her SID and her groups", () => {
    expect(readLogonInfo(captured.alice.logonInfo)).toEqual({
      account: "alice",
      domain: "AD",
      sid: `${domainSid}-1102`,
      groups: [
        ...[513, 1104, 1106, 1107].map((id) => ({ sid: `${domainSid}-${id}`, attributes: mandatory })),
        { sid: "S-1-18-1", attributes: mandatory },
      ],
    });
  });

  it("of bob, from Samba, is read past his full name, which has an odd number of code units beyond ASCII", () => {
    expect(readLogonInfo(captured.bob.logonInfo)).toMatchObject({
      account: "bob",
      domain: "AD",
      sid: `${domainSid}-1105`,
    });
  });

  it("is read as it was written, whatever it says", () => {
    fc.assert(
      fc.property(written, (info) => {
        const own = info.domainSid ?? [];
        expect(readLogonInfo(logonInfoBytes(info))).toEqual({
          account: info.account,
          domain: info.domain,
          sid: text([...own, info.userId]),
          groups: [
            ...info.groups.map(({ id, attributes }) => ({ sid: text([...own, id]), attributes })),
            ...info.extraSids.map(({ sid, attributes }) => ({ sid: text(sid), attributes })),
            ...info.resourceGroups.map(({ id, attributes }) => ({
              sid: text([...(info.resourceSid ?? []), id]),
              attributes,
            })),
          ],
        });
      }),
    );
  });

  it("counts identifiers from elsewhere and groups of the resource's domain only where its flags say so", () => {
    const info = {
      ...plain,
      extraSids: [{ sid: [32, 544], attributes: 7 }],
      resourceSid: [21, 9],
      resourceGroups: [{ id: 1, attributes: 7 }],
    };
    const sids = (flags: number): readonly string[] =>
      readLogonInfo(logonInfoBytes({ ...info, flags })).groups.map(({ sid }) => sid);
    expect(sids(0)).toEqual(["S-1-5-21-1-2-3-513"]);
    expect(sids(0x20)).toEqual(["S-1-5-21-1-2-3-513", "S-1-5-32-544"]);
    expect(sids(0x200)).toEqual(["S-1-5-21-1-2-3-513", "S-1-5-21-9-1"]);
  });

  it("of a user without a relative identifier has the first identifier from elsewhere for the user's own", () => {
    const info = { ...plain, ...fromElsewhere, groups: [] };
    expect(readLogonInfo(logonInfoBytes(info))).toEqual({
      account: "alice",
      domain: "AD",
      sid: "S-1-5-21-7-1000",
      groups: [{ sid: "S-1-5-32-545", attributes: 7 }],
    });
    expect(() => readLogonInfo(logonInfoBytes({ ...info, flags: 0 }))).toThrow("PAC: the user has no SID");
  });

  it.each([
    ["groups of a domain without a SID", fromElsewhere, "PAC: 1 groups have no domain"],
    ["no account", { account: "" }, "PAC: the account has no name"],
    ["no domain", { domain: "" }, "PAC: the domain has no name"],
    ["an account with a backslash", { account: "AD\\root" }, "PAC: the name of the account has a character"],
    ["an account with a NUL", { account: "alice\0" }, "PAC: the name of the account has a character"],
    ["a domain with half a character", { domain: "A\ud800" }, "PAC: the name of the domain has a character"],
    ["a SID of 16 sub-authorities", { domainSid: Array.from({ length: 16 }, () => 1) }, "NDR: a SID has 16 sub-auth"],
  ])("with %s is refused", (_, change, complaint) => {
    expect(() => readLogonInfo(logonInfoBytes({ ...plain, ...change }))).toThrow(complaint);
    expect(() => readLogonInfo(logonInfoBytes({ ...plain, ...change }))).toThrow(RangeError);
  });

  it.each([
    ["another byte order", 1, 0x00],
    ["another version", 0, 2],
    ["a longer header", 2, 16],
    ["more bytes than there are", 9, 0x7f],
    ["no user", 18, 0],
  ])("with %s is refused", (_, at, value) => {
    const bytes = Uint8Array.from(captured.alice.logonInfo);
    bytes[at] = value;
    expect(outcome(bytes)).toBeInstanceOf(RangeError);
  });

  it("is refused where it is cut at any length, and where more bytes follow", () => {
    const whole = captured.alice.logonInfo;
    for (let length = 0; length < whole.length; length++)
      expect(outcome(whole.subarray(0, length)), String(length)).toBeInstanceOf(RangeError);
    const longer = Buffer.concat([whole, Buffer.alloc(8)]);
    expect(outcome(longer)).toBeInstanceOf(RangeError);
    longer.writeUInt32LE(longer.length - 16, 8);
    expect(outcome(longer)).toMatchObject({ message: "NDR: 12 bytes are left behind the type" });
  });

  it("has no count that is trusted: each of its 32-bit fields may be any number", () => {
    const whole = captured.alice.logonInfo;
    for (const value of [0x7fff_ffff, 0xffff_ffff, 0x8000_0000, 0x10_0000])
      for (let at = 0; at < whole.length; at += 4) {
        const bytes = Buffer.from(whole);
        bytes.writeUInt32LE(value, at);
        outcome(bytes);
      }
  });

  it("has no more groups than its bytes can hold, however often it says so", () => {
    // 11 groups: the only two fields with that number are their count and their array's.
    const groups = Array.from({ length: 11 }, () => ({ id: 512, attributes: mandatory }));
    const bytes = Buffer.from(logonInfoBytes({ ...plain, groups }));
    for (let at = 0; at < bytes.length; at += 4)
      if (bytes.readUInt32LE(at) === 11) bytes.writeUInt32LE(0x4000_0000, at);
    expect(outcome(bytes)).toMatchObject({ message: expect.stringMatching(/^NDR: 1073741824 elements do not fit/) });
  });

  it("is read or refused whatever bytes it is, and no bytes outside of it are read", () => {
    const changes = fc.array(fc.tuple(fc.nat(captured.bob.logonInfo.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(changes, (all) => {
        // The bytes are part of a larger buffer: a reader that goes past their end finds ones.
        const buffer = Buffer.alloc(captured.bob.logonInfo.length + 64, 1);
        const bytes = buffer.subarray(32, 32 + captured.bob.logonInfo.length);
        bytes.set(captured.bob.logonInfo);
        for (const [at, value] of all) bytes[at] = value;
        expect(outcome(bytes)).toEqual(outcome(Uint8Array.from(bytes)));
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void outcome(bytes)));
  });
});
