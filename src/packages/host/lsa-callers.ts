import {
  LSA_AUDIT_ACCOUNT_LOGON,
  LSA_AUDIT_LOGON,
  LSA_AUDIT_LOGON_EX,
  LSA_CHECK_PROTECTED_USER_BY_TOKEN,
  LSA_DUPLICATE_HANDLE,
  LSA_GET_CALL_INFO,
  LSA_GET_CLIENT_INFO,
  LSA_GET_CLIENT_INFO_EX,
  LSA_GET_EXTENDED_CALL_FLAGS,
  LSA_IMPERSONATE_CLIENT,
  LSA_UNLOAD_PACKAGE,
} from "../../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_CALL_IN_PROC } from "../../../generated/ntsecpkg/constants.ts";
import { SECPKG_CALL_INFO, SECPKG_CLIENT_INFO, SECPKG_CLIENT_INFO_EX } from "../../../generated/ntsecpkg/structs.ts";
import { STATUS_BUFFER_TOO_SMALL, STATUS_SUCCESS } from "../../../generated/ntstatus/constants.ts";
import { hostAbi, type Struct } from "../../ctypes/index.ts";
import { readUnicodeString } from "../../interface/lsa-string.ts";
import { type Implementations, implement } from "../../interface/native-table.ts";
import { writeBytes, writePointer, writeUint8, writeUint32 } from "../../native/index.ts";
import type { HostSurroundings } from "./surroundings.ts";

/** `SecurityImpersonation`: the caller is this process, and a package may act for it. */
const securityImpersonation = 2;
/** The size of both structs before they grew: an older package allocates only that much. */
const clientInfoBefore = sizeBefore(SECPKG_CLIENT_INFO as Struct);
const callInfoBefore = sizeBefore(SECPKG_CALL_INFO as Struct);

function sizeBefore({ earlier, layouts }: Struct): number {
  return earlier?.[0]?.sizes[hostAbi] ?? layouts[hostAbi].size;
}

/** Functions about the caller, and the audit reports of packages. */
export function lsaCallers(host: HostSurroundings): Implementations {
  return { ...callerInfo(host), ...callerHandles(host), ...audits(host) };
}

function callerInfo(host: HostSurroundings): Implementations {
  const grown = (): boolean => host.current?.grownStructs ?? false;
  return {
    GetClientInfo: implement(LSA_GET_CLIENT_INFO, (info) => {
      const bytes = bytesOf(SECPKG_CLIENT_INFO, clientInfo(host));
      writeBytes(info, grown() ? bytes : bytes.subarray(0, clientInfoBefore));
      return STATUS_SUCCESS;
    }),
    GetClientInfoEx: implement(LSA_GET_CLIENT_INFO_EX, (info, size) => {
      if (size < clientInfoBefore) return STATUS_BUFFER_TOO_SMALL;
      const bytes = bytesOf(SECPKG_CLIENT_INFO_EX, clientInfo(host));
      writeBytes(info, bytes.subarray(0, size));
      return STATUS_SUCCESS;
    }),
    GetCallInfo: implement(LSA_GET_CALL_INFO, (info) => {
      const bytes = bytesOf(SECPKG_CALL_INFO, {
        ProcessId: processId(host),
        ThreadId: 1,
        Attributes: host.client.callAttributes ?? SECPKG_CALL_IN_PROC,
        CallCount: host.calls,
        MechOid: 0n,
      });
      writeBytes(info, grown() ? bytes : bytes.subarray(0, callInfoBefore));
      return true;
    }),
    GetExtendedCallFlags: implement(LSA_GET_EXTENDED_CALL_FLAGS, (flags) => {
      writeUint32(flags, 0);
      return STATUS_SUCCESS;
    }),
  };
}

function callerHandles({ tokens }: HostSurroundings): Implementations {
  return {
    // The caller is this process, so there is nothing to impersonate.
    ImpersonateClient: implement(LSA_IMPERSONATE_CLIENT, () => STATUS_SUCCESS),
    // A package stays loaded until its host is closed: calls of it may still be on the stack.
    UnloadPackage: implement(LSA_UNLOAD_PACKAGE, () => STATUS_SUCCESS),
    DuplicateHandle: implement(LSA_DUPLICATE_HANDLE, (source, target) => {
      writePointer(target, tokens.duplicateForPackage(BigInt(source)));
      return STATUS_SUCCESS;
    }),
    DuplicateTokenHandle: implement(LSA_DUPLICATE_HANDLE, (source, target) => {
      writePointer(target, tokens.duplicateForPackage(BigInt(source)));
      return STATUS_SUCCESS;
    }),
    CheckProtectedUserByToken: implement(LSA_CHECK_PROTECTED_USER_BY_TOKEN, (_token, answer) => {
      writeUint8(answer, 0);
      return STATUS_SUCCESS;
    }),
  };
}

function audits({ diagnostics }: HostSurroundings): Implementations {
  return {
    AuditLogon: implement(LSA_AUDIT_LOGON, (status, _sub, account) =>
      diagnostics.audit(status, readUnicodeString(account)),
    ),
    AuditLogonEx: implement(LSA_AUDIT_LOGON_EX, (status, _sub, account) =>
      diagnostics.audit(status, readUnicodeString(account)),
    ),
    AuditAccountLogon: implement(LSA_AUDIT_ACCOUNT_LOGON, (_id, _success, _source, client, _mapped, status) => {
      diagnostics.audit(status, readUnicodeString(client));
      return STATUS_SUCCESS;
    }),
  };
}

function processId({ client }: HostSurroundings): number {
  return client.processId ?? process.pid;
}

function clientInfo(host: HostSurroundings): Partial<SECPKG_CLIENT_INFO_EX> & SECPKG_CLIENT_INFO {
  const { client } = host;
  return {
    LogonId: client.logonId ?? { LowPart: 0x3e7, HighPart: 0 },
    ProcessID: processId(host),
    ThreadID: 1,
    HasTcbPrivilege: client.hasTcbPrivilege ?? true,
    Impersonating: client.impersonating ?? false,
    Restricted: false,
    ClientFlags: 0,
    ImpersonationLevel: securityImpersonation,
    ClientToken: 0n,
  };
}

function bytesOf<T>(struct: Struct<T>, value: Partial<T>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(struct.layouts[hostAbi].size);
  struct.write(new DataView(bytes.buffer), value);
  return bytes;
}
