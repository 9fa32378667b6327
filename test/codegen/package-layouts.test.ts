import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as ntsecapi from "../../generated/ntsecapi/structs.ts";
import * as ntsecpkg from "../../generated/ntsecpkg/structs.ts";
import * as winnt from "../../generated/winnt/structs.ts";
import type { Struct } from "../../src/ctypes/index.ts";
import { root } from "../architecture/source-files.ts";

type Offsets = Readonly<Record<string, number>>;

describe("layouts that are easily typed wrong by hand", () => {
  it.each([
    { struct: ntsecpkg.SECPKG_CREDENTIAL, wide: [88, 8], ia32: [80, 8] },
    { struct: ntsecpkg.SECPKG_PARAMETERS, wide: [72, 8], ia32: [48, 4] },
    { struct: ntsecpkg.SECPKG_EXTENDED_INFORMATION, wide: [56, 8], ia32: [48, 4] },
    { struct: ntsecpkg.SECPKG_PRIMARY_CRED, wide: [200, 8], ia32: [104, 4] },
    { struct: ntsecpkg.SECPKG_PRIMARY_CRED_EX, wide: [224, 8], ia32: [120, 4] },
    { struct: ntsecpkg.SECPKG_SUPPLIED_CREDENTIAL, wide: [32, 4], ia32: [32, 4] },
    { struct: ntsecpkg.SEC_WINNT_AUTH_IDENTITY_EX32, wide: [44, 4], ia32: [44, 4] },
    { struct: ntsecpkg.LSA_TOKEN_INFORMATION_V1, wide: [64, 8], ia32: [40, 8] },
    { struct: ntsecapi.SECURITY_LOGON_SESSION_DATA, wide: [272, 8], ia32: [184, 8] },
    { struct: ntsecapi.KERB_EXTERNAL_TICKET, wide: [152, 8], ia32: [104, 8] },
    { struct: ntsecapi.KERB_BINDING_CACHE_ENTRY_DATA, wide: [72, 8], ia32: [48, 8] },
    { struct: ntsecapi.PKU2U_CREDUI_CONTEXT, wide: [24, 8], ia32: [24, 8] },
    // Under pshpack1.h in Windows' ntsecapi.h; the copy that mingw-w64 has lacks that line.
    { struct: ntsecapi.MSV1_0_REMOTE_SUPPLEMENTAL_CREDENTIAL, wide: [37, 1], ia32: [37, 1] },
    { struct: winnt.QUOTA_LIMITS, wide: [48, 8], ia32: [32, 8] },
    { struct: winnt.TOKEN_SOURCE, wide: [16, 4], ia32: [16, 4] },
  ] as readonly { struct: Struct; wide: number[]; ia32: number[] }[])("$struct.name", ({ struct, wide, ia32 }) => {
    const { "win32-x64": x64, "win32-ia32": narrow } = struct.layouts;
    expect([x64.size, x64.align]).toEqual(wide);
    expect([narrow.size, narrow.align]).toEqual(ia32);
  });
});

describe("facts of the headers that no copy of them here can check", () => {
  it("G1 a struct that Windows packs to one byte, and mingw-w64 does not, is packed so on every ABI", () => {
    const layouts = Object.values(ntsecapi.MSV1_0_REMOTE_SUPPLEMENTAL_CREDENTIAL.layouts);
    expect(layouts.map(({ size, align }) => [size, align])).toEqual(layouts.map(() => [37, 1]));
  });

  it("G2 a length whose unit Microsoft's page and its struct say differently has both in its description", () => {
    const generated = readFileSync(join(root, "generated/credssp/structs.ts"), "utf8");
    const [, described] = /\/\*\*([^/]*)\*\/\s*AuthBufferLen: number;/.exec(generated) ?? [];
    expect(described).toMatch(/bytes here; Microsoft's page says characters/);
  });
});

describe("structs that grew say how long they are in older code", () => {
  it.each([
    { struct: ntsecpkg.SECPKG_CLIENT_INFO, last: "ImpersonationLevel", x64: [24, 32], ia32: [24, 28] },
    { struct: ntsecpkg.SECPKG_CALL_INFO, last: "CallCount", x64: [16, 24], ia32: [16, 20] },
    { struct: ntsecapi.SECURITY_LOGON_SESSION_DATA, last: "Upn", x64: [136, 272], ia32: [80, 184] },
  ] as readonly { struct: Struct; last: string; x64: number[]; ia32: number[] }[])(
    "$struct.name",
    ({ struct, last, x64, ia32 }) => {
      const { layouts, earlier = [] } = struct;
      expect(earlier.map((form) => form.last)).toEqual([last]);
      const sizes = (abi: "win32-x64" | "win32-ia32") => [earlier[0]?.sizes[abi], layouts[abi].size];
      expect(sizes("win32-x64")).toEqual(x64);
      expect(sizes("win32-ia32")).toEqual(ia32);
    },
  );
});

describe("a trailing array begins at its offset, not one element before the end", () => {
  it.each([
    { struct: ntsecpkg.SECPKG_SUPPLEMENTAL_CRED_ARRAY, field: "Credentials", at: 8, size: 40 },
    { struct: ntsecpkg.SECPKG_CONTEXT_THUNKS, field: "Levels", at: 4, size: 8 },
    { struct: ntsecpkg.SECPKG_EXTRA_OIDS, field: "Oids", at: 4, size: 44 },
    { struct: ntsecapi.MSV1_0_NTLM3_RESPONSE, field: "Buffer", at: 44, size: 48 },
    { struct: ntsecapi.MSV1_0_IUM_SUPPLEMENTAL_CREDENTIAL, field: "EncryptedCreds", at: 8, size: 12 },
    { struct: ntsecapi.KERB_EXTERNAL_NAME, field: "Names", at: 8, size: 24 },
    { struct: ntsecapi.KERB_ADD_CREDENTIALS_REQUEST_EX, field: "PrincipalNames", at: 80, size: 96 },
    { struct: winnt.TOKEN_GROUPS, field: "Groups", at: 8, size: 24 },
    { struct: winnt.TOKEN_PRIVILEGES, field: "Privileges", at: 4, size: 16 },
  ] as readonly { struct: Struct; field: string; at: number; size: number }[])(
    "$struct.name",
    ({ struct, field, at, size }) => {
      const layout = struct.layouts["win32-x64"];
      expect([(layout.offsets as Offsets)[field], layout.size]).toEqual([at, size]);
    },
  );

  it("a whole list of credentials is written and read", () => {
    const empty = { Length: 0, MaximumLength: 0, Buffer: 0n };
    const value = {
      CredentialCount: 2,
      Credentials: [1n, 2n].map((Credentials) => ({ PackageName: empty, CredentialSize: 4, Credentials })),
    };
    const view = new DataView(new ArrayBuffer(8 + 2 * 32));
    ntsecpkg.SECPKG_SUPPLEMENTAL_CRED_ARRAY.write(view, value, 0, "win32-x64");
    expect(ntsecpkg.SECPKG_SUPPLEMENTAL_CRED_ARRAY.read(view, 0, "win32-x64")).toEqual(value);
  });
});
