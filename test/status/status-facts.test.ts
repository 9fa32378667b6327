import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as hresults from "../../generated/hresults/constants.ts";
import * as ntConstants from "../../generated/ntstatus/constants.ts";
import * as ntDevices from "../../generated/ntstatus-devices/constants.ts";
import * as ntLater from "../../generated/ntstatus-later/constants.ts";
import * as ntStorage from "../../generated/ntstatus-storage/constants.ts";
import * as constants from "../../generated/status/constants.ts";
import { hresult, ntStatus, type StatusText, sspiStatus, win32Error } from "../../generated/status.ts";
import * as win32Errors from "../../generated/win32-errors/constants.ts";
import { statusFact, statusNumber } from "../../src/status/index.ts";

const sspi: readonly (readonly [string, StatusText])[] = Object.entries(sspiStatus);
const nt: readonly (readonly [string, StatusText])[] = Object.entries(ntStatus);
const ofHresults: readonly (readonly [string, StatusText])[] = Object.entries(hresult);
const ofWin32: readonly (readonly [string, StatusText])[] = Object.entries(win32Error);
const all = { ...constants, ...hresults, ...win32Errors, ...ntConstants, ...ntDevices, ...ntLater, ...ntStorage };
const values = new Map(
  Object.entries(all as Readonly<Record<string, unknown>>).filter(([name]) => !/^STATUS_SEVERITY_/.test(name)),
);

describe.each([
  { group: "SECURITY_STATUS", entries: sspi, atLeast: 80 },
  { group: "NTSTATUS", entries: nt, atLeast: 20 },
  { group: "HRESULT", entries: ofHresults, atLeast: 70 },
  { group: "Win32", entries: ofWin32, atLeast: 40 },
])("the $group codes", ({ entries, atLeast }) => {
  it("are more than the expected minimum", () => {
    expect(entries.length).toBeGreaterThan(atLeast);
  });

  it.each(entries.map(([code, fact]) => ({ code, fact })))("$code has a one-line explanation", ({ fact }) => {
    expect(fact.text).toMatch(/^[a-z(][^\n]{9,}[^.\s]$/i);
    expect(fact.value).toSatisfy((value: number) => Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff);
  });

  it("have one canonical name per number", () => {
    const numbers = entries.map(([, { value }]) => value);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("have aliases that are constants of the same number", () => {
    const aliased = entries.flatMap(([, { value, aliases }]) =>
      (aliases ?? []).map((alias) => [alias, value] as const),
    );
    expect(aliased.map(([alias]) => [alias, values.get(alias)])).toEqual(aliased);
  });
});

describe("statusNumber", () => {
  it("returns the number of each name, explained or not", () => {
    const named = [...values].filter((entry): entry is [string, number] => typeof entry[1] === "number");
    const codes = named.filter(([name, value]) => statusFact(value).code === name);
    expect(codes.length).toBeGreaterThan(1_000);
    const wanted = [
      ...codes.map(([name, value]) => [name, value >>> 0]),
      ...Object.entries(win32Errors).map(([name, value]) => [name, 0x8007_0000 + value]),
    ];
    expect(wanted.map(([name]) => [name, statusNumber(name as "STATUS_SUCCESS")])).toEqual(wanted);
  });

  it.each(["SEC_E_NOBODY", "STATUS_NOBODY", "STATUS_", "STATUS_.*", "toString", "0x80090308", ""])(
    "returns undefined for %o",
    (name) => {
      expect(statusNumber(name as "STATUS_SUCCESS")).toBeUndefined();
    },
  );

  it("returns undefined for a part of a name and for a name with other characters around it or another prefix", () => {
    // The first name has no explanation, the second has one.
    for (const name of ["STATUS_FLT_IO_COMPLETE", "STATUS_ACCESS_DENIED"]) {
      expect(statusNumber(name as "STATUS_SUCCESS")).toBeTypeOf("number");
      const around = [`${name}!`, `STATUS_!${name.slice(7)}`, ` ${name}`, `${name}\n`, name.toLowerCase()];
      for (const wrong of [...around, `STATU5_${name.slice(7)}`])
        expect(statusNumber(wrong as "STATUS_SUCCESS")).toBeUndefined();
    }
    expect(statusNumber("STATUS_ACCESS" as "STATUS_SUCCESS")).toBeUndefined();
    expect(statusNumber("STATUS_DENIED" as "STATUS_SUCCESS")).toBeUndefined();
  });
});

describe("statusFact", () => {
  it("returns the name of each number", () => {
    for (const [code, { value, text }] of sspi) expect(statusFact(value)).toMatchObject({ code, text });
    const ofNtAlone = nt.filter(([, { value }]) => !sspi.some(([, other]) => other.value === value));
    expect(ofNtAlone.length).toBeGreaterThan(20);
    for (const [code, { value, text }] of ofNtAlone) expect(statusFact(value)).toMatchObject({ code, text });
  });

  it("returns the severity: of SSPI's statuses by the first bit, of NTSTATUS by the first two bits", () => {
    const kinds = {
      SEC_E_OK: "success",
      SEC_I_CONTINUE_NEEDED: "informational",
      SEC_E_LOGON_DENIED: "error",
      STATUS_PENDING: "success",
      STATUS_BUFFER_OVERFLOW: "warning",
      STATUS_ACCESS_DENIED: "error",
    };
    for (const [name, kind] of Object.entries(kinds))
      expect([name, statusFact(values.get(name) as number).kind]).toEqual([name, kind]);
  });

  it("accepts the signed number too", () => {
    expect(statusFact(constants.SEC_E_LOGON_DENIED | 0)).toEqual(statusFact(constants.SEC_E_LOGON_DENIED));
    expect(statusFact(constants.SEC_E_LOGON_DENIED | 0).code).toBe("SEC_E_LOGON_DENIED");
  });

  it("returns a name with the same number for every constant", () => {
    const statuses = [...values].filter(([name]) => /^(SEC_|STATUS_)/.test(name));
    expect(statuses.length).toBeGreaterThan(2900);
    for (const [name, value] of statuses)
      expect([name, values.get(statusFact(value as number).code)]).toEqual([name, value]);
  });

  it('C5 names the errors of certificates, keys and cryptography, with the kind "error"', () => {
    const named = Object.entries(hresults);
    expect(named.length).toBeGreaterThan(220);
    for (const [name, value] of named) expect(statusFact(value)).toMatchObject({ code: name, kind: "error" });
    expect(statusFact(0x8000_4005)).toMatchObject({ code: "E_FAIL" });
    expect(statusFact(0x8010_006b)).toMatchObject({
      code: "SCARD_W_WRONG_CHV",
      text: "the PIN is wrong",
    });
    expect(statusFact(0x800b_0109)).toEqual({
      status: 0x800b_0109,
      code: "CERT_E_UNTRUSTEDROOT",
      kind: "error",
      text: "the chain ends in a root that is not trusted",
    });
  });

  it("C5 names an HRESULT of a Win32 error by that error, and reports the Win32 number itself as no status", () => {
    const codes = Object.entries(win32Errors).map(([name, value]) => [name, statusFact(0x8007_0000 + value)] as const);
    expect(codes.length).toBeGreaterThan(600);
    // If two names share a number, the header's first name is used.
    for (const [name, { code, kind }] of codes) expect([values.get(code), kind]).toEqual([values.get(name), "error"]);
    expect(statusFact(0x8007_0005)).toEqual({
      status: 0x8007_0005,
      code: "ERROR_ACCESS_DENIED",
      kind: "error",
      text: "access is denied",
    });
    expect(statusFact(-2147024891).code).toBe("ERROR_ACCESS_DENIED");
    expect(statusFact("ERROR_ACCESS_DENIED").code).toBe("ERROR_ACCESS_DENIED");
    expect(statusFact(1326)).toEqual({
      status: 1326,
      code: "0x0000052e",
      kind: "success",
      text: "ERROR_LOGON_FAILURE of Win32, which is no status: the user name or the password is wrong",
    });
    // 0x20308 plus 0x80070000 is SEC_E_INVALID_TOKEN, but 0x20308 is no Win32 error.
    expect(statusFact(0x2_0308).text).toBe("a status that the headers do not name");
  });

  it("names any other number by its eight hex digits", () => {
    const known = new Set([...values.values(), ...Object.values(win32Errors).map((value) => 0x8007_0000 + value)]);
    const unknown = fc.integer({ min: 0, max: 0xffff_ffff }).filter((value) => !known.has(value));
    fc.assert(
      fc.property(unknown, (value) => {
        const fact = statusFact(value);
        expect(fact.code).toMatch(/^0x[0-9a-f]{8}$/);
        expect(Number(fact.code)).toBe(value);
        expect(fact.text).toMatch(/^a status that the headers do not name$|of Win32, which is no status/);
      }),
      { examples: [[0x1000]] },
    );
  });

  it("returns the severity of an unnamed number by two bits, or by one bit for the facilities 7, 9 and 11", () => {
    const kinds = [
      [0x0008_ffff, "success"],
      [0x0009_ffff, "informational"],
      [0x000a_ffff, "success"],
      [0x4000_ffff, "informational"],
      [0x8000_3fff, "warning"],
      [0x8000_4000, "error"],
      [0x8006_ffff, "warning"],
      [0x8007_ffff, "error"],
      [0x8008_ffff, "warning"],
      [0x8009_ffff, "error"],
      [0x800a_ffff, "warning"],
      [0x800b_ffff, "error"],
      [0x800c_ffff, "warning"],
      [0xc000_fff0, "error"],
    ] as const;
    for (const [status, kind] of kinds) expect(statusFact(status)).toMatchObject({ status, kind });
  });

  it("accepts every 32-bit integer, signed or unsigned, and refuses all other values", () => {
    for (const status of [-0x8000_0000, -1, 0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])
      expect(statusFact(status).status).toBe(status >>> 0);
    for (const wrong of [-0x8000_0001, 0x1_0000_0000, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => statusFact(wrong)).toThrow(new RangeError(`status: expected an integer of 32 bits, got ${wrong}`));
    for (const wrong of [undefined, null, true, 5n, {}])
      expect(() => statusFact(wrong as never)).toThrow(
        new TypeError(`status: expected a number or a name, got ${typeof wrong}`),
      );
  });

  it("refuses an unknown name by the argument's name, however long the value is", () => {
    for (const name of ["STATUS_NOSUCH", `STATUS_${"X".repeat(70_000)}`, `SEC_E_${"x".repeat(40_000)}`])
      expect(() => statusFact(name as never)).toThrow("status: expected a name of the headers");
  });
});
