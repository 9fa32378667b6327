import { describe, expect, it } from "vitest";
import { LUID } from "../../generated/base/structs.ts";
import * as ntsecapi from "../../generated/ntsecapi/callbacks.ts";
import * as ntsecpkg from "../../generated/ntsecpkg/callbacks.ts";
import * as functions from "../../generated/ntsecpkg/functions.ts";
import { SECPKG_FAILURE_REASON } from "../../generated/ntsecpkg/structs.ts";
import { bool8, type CallbackDeclaration, type Parameter, pointer, type Signature } from "../../src/ctypes/index.ts";

const callbacks: readonly CallbackDeclaration[] = [...Object.values(ntsecpkg), ...Object.values(ntsecapi)];

function parameter(callback: Signature, name: string): Parameter {
  const found = callback.parameters.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${callback.name} has no parameter ${name}`);
  return found;
}

describe("calling conventions", () => {
  it("are stdcall, except where the header forgets to say so", () => {
    const cdecl = [...callbacks, ...Object.values(functions)].filter(({ convention }) => convention === "cdecl");
    expect(cdecl.map(({ name }) => name).sort()).toEqual([
      "CredMarshalTargetInfo",
      "CredUnmarshalTargetInfo",
      "LSA_AP_LOGON_USER_EX2",
      "LSA_AP_LOGON_USER_EX3",
      "LSA_AP_POST_LOGON_USER_SURROGATE",
      "LSA_AP_PRE_LOGON_USER_SURROGATE",
      "PSAM_CREDENTIAL_UPDATE_FREE_ROUTINE",
      "PSAM_CREDENTIAL_UPDATE_NOTIFY_ROUTINE",
      "PSAM_CREDENTIAL_UPDATE_REGISTER_MAPPED_ENTRYPOINTS_ROUTINE",
      "PSAM_CREDENTIAL_UPDATE_REGISTER_ROUTINE",
      "PSAM_INIT_NOTIFICATION_ROUTINE",
      "PSAM_PASSWORD_FILTER_ROUTINE",
      "PSAM_PASSWORD_NOTIFICATION_ROUTINE",
    ]);
  });
});

describe("types that look like something else", () => {
  it("two callbacks take a struct by value", () => {
    const byValue = callbacks.flatMap((one) => one.parameters.filter(({ struct }) => struct).map(() => one.name));
    expect(byValue.sort()).toEqual(["LSA_SET_SECPKG_FAILURE_REASON", "SpGetTbalSupplementalCredsFn"]);
    expect(parameter(ntsecpkg.SpGetTbalSupplementalCredsFn, "LogonId").struct?.()).toBe(LUID);
    expect(parameter(ntsecpkg.LSA_SET_SECPKG_FAILURE_REASON, "Reason").struct?.()).toBe(SECPKG_FAILURE_REASON);
  });

  it("an LSA_SEC_HANDLE is an integer", () => {
    const handles = callbacks.flatMap((one) => one.parameters.filter(({ type }) => type === "LSA_SEC_HANDLE"));
    expect(handles.length).toBe(40);
    expect(new Set(handles.map(({ value }) => value?.scalar))).toEqual(new Set(["usize"]));
  });

  it("a PLSA_CLIENT_REQUEST is a pointer to a pointer", () => {
    const requests = callbacks.flatMap((one) => one.parameters.filter(({ type }) => type === "PLSA_CLIENT_REQUEST"));
    expect(requests.length).toBe(15);
    for (const { pointsTo } of requests) expect(pointsTo?.()).toBe(pointer);
  });

  it("a BOOLEAN is one byte, in and out", () => {
    expect(parameter(ntsecpkg.SpChangeAccountPasswordFn, "Impersonating").value?.size("win32-ia32")).toBe(1);
    expect(parameter(ntsecpkg.SpInitLsaModeContextFn, "MappedContext").pointsTo?.()).toBe(bool8);
    expect(ntsecpkg.LSA_GET_CALL_INFO.returns).toBe(bool8);
  });
});

describe("what a callee hands out says what releases it", () => {
  it.each([
    { callback: ntsecpkg.SpExportSecurityContextFn, name: "pPackedContext", by: "SECPKG_DLL_FUNCTIONS.FreeHeap" },
    { callback: ntsecpkg.SpExportSecurityContextFn, name: "pToken", by: "CloseHandle" },
    { callback: ntsecpkg.SpGetContextTokenFn, name: "ImpersonationToken", by: undefined },
    {
      callback: ntsecpkg.LSA_CALL_PACKAGE,
      name: "ProtocolReturnBuffer",
      by: "LSA_SECPKG_FUNCTION_TABLE.FreeReturnBuffer",
    },
    {
      callback: ntsecpkg.LSA_AP_CALL_PACKAGE,
      name: "ProtocolReturnBuffer",
      by: "LSA_SECPKG_FUNCTION_TABLE.FreeClientBuffer",
    },
    { callback: ntsecpkg.SpInitLsaModeContextFn, name: "ContextData", by: "LSA_SECPKG_FUNCTION_TABLE.FreeLsaHeap" },
    { callback: ntsecpkg.SpInitLsaModeContextFn, name: "NewContextHandle", by: "SECPKG_FUNCTION_TABLE.DeleteContext" },
    {
      callback: ntsecpkg.SpImportSecurityContextFn,
      name: "phContext",
      by: "SECPKG_USER_FUNCTION_TABLE.DeleteUserModeContext",
    },
  ] as readonly { callback: CallbackDeclaration; name: string; by: string | undefined }[])(
    "$callback.name $name",
    ({ callback, name, by }) => {
      expect(parameter(callback, name)).toMatchObject({ direction: "out" });
      expect(parameter(callback, name).releasedBy).toBe(by);
    },
  );

  it("the pToken parameter of SpExportSecurityContextFn is optional", () => {
    expect(parameter(ntsecpkg.SpExportSecurityContextFn, "pToken").optional).toBe(true);
  });
});
