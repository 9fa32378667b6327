import { describe, expect, it } from "vitest";
import { namesOf } from "../../src/ctypes/index.ts";
import * as raw from "../../src/raw.ts";

describe("the names of a number", () => {
  it("are all that the headers give it", () => {
    expect(new Set(namesOf(raw, 4, "SECPKG_ATTR_"))).toEqual(
      new Set(["SECPKG_ATTR_DATAGRAM_SIZES", "SECPKG_ATTR_STREAM_SIZES"]),
    );
    expect(new Set(namesOf(raw, 0x8009_0302, "SEC_E_"))).toEqual(
      new Set(["SEC_E_NOT_SUPPORTED", "SEC_E_UNSUPPORTED_FUNCTION"]),
    );
  });

  it("are found in enums, in flag groups, in catalogues, and as 64-bit numbers", () => {
    expect(namesOf(raw.SECPKG_CRED_CLASS, 40)).toEqual(["SecPkgCredClass_Explicit"]);
    expect(namesOf(raw.ISC_REQ, 0x2)).toEqual(["mutualAuth"]);
    expect(namesOf(raw.sspiStatus, 0x8009_030c)).toEqual(["SEC_E_LOGON_DENIED"]);
    expect(namesOf(raw, 0x1_0000_0000n, "ISC_REQ_")).toEqual(["ISC_REQ_MESSAGES"]);
  });

  it("are empty where nothing has that number", () => {
    expect(namesOf(raw.SECPKG_CRED_CLASS, 41)).toEqual([]);
  });
});
