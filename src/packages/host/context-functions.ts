import {
  SpApplyControlTokenFn,
  SpCompleteAuthTokenFn,
  SpDeleteContextFn,
  SpExportSecurityContextFn,
  SpGetContextTokenFn,
  SpImportSecurityContextFn,
  SpQueryContextAttributesFn,
  SpSetContextAttributesFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import type { Provider } from "../../../generated/provider.ts";
import { SECPKG_CONTEXT_EXPORT_DELETE_OLD } from "../../../generated/sspi/constants.ts";
import {
  SEC_E_INVALID_HANDLE,
  SEC_E_OK,
  SEC_E_SECPKG_NOT_FOUND,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../../generated/status/constants.ts";
import type { Address } from "../../ctypes/index.ts";
import { readWideString, writePointer } from "../../native/index.ts";
import { isFailure, statusFact } from "../../status/index.ts";
import type { HostContext, HostCore } from "./host-core.ts";
import { settlePacked } from "./packed-context.ts";

type ContextFunctions = Pick<
  Provider,
  | "CompleteAuthToken"
  | "DeleteSecurityContext"
  | "ApplyControlToken"
  | "QueryContextAttributesW"
  | "SetContextAttributesW"
  | "ExportSecurityContext"
  | "ImportSecurityContextW"
>;

/** Functions of a context other than its legs and its messages. */
export function contextFunctions(core: HostCore): ContextFunctions {
  return {
    CompleteAuthToken: (at, token) =>
      withContext(core, at, (context) =>
        core.call(context.package, "CompleteAuthToken", () => {
          const complete = context.package.user?.find("CompleteAuthToken", SpCompleteAuthTokenFn);
          return complete ? complete(context.handle, token) : SEC_E_UNSUPPORTED_FUNCTION;
        }),
      ),
    ApplyControlToken: (at, input) =>
      withContext(core, at, (context) =>
        core.call(context.package, "ApplyControlToken", () => {
          const apply = context.package.lsa.find("ApplyControlToken", SpApplyControlTokenFn);
          return apply && context.lsaSide ? apply(context.handle, input) : SEC_E_UNSUPPORTED_FUNCTION;
        }),
      ),
    DeleteSecurityContext: (at) => {
      const context = core.contexts.take(at);
      if (context) return deletePackageContext(core, context);
      // Closing the host has already deleted the context; its owner may still delete it.
      return core.closed && core.contexts.issued(at) ? SEC_E_OK : SEC_E_INVALID_HANDLE;
    },
    QueryContextAttributesW: (at, attribute, buffer) =>
      withContext(core, at, (context) => query(core, context, attribute, buffer)),
    SetContextAttributesW: (at, attribute, buffer, size) =>
      withContext(core, at, (context) =>
        core.call(context.package, "SetContextAttributes", () => {
          const set = context.package.lsa.find("SetContextAttributes", SpSetContextAttributesFn);
          return set && context.lsaSide ? set(context.handle, attribute, buffer, size) : SEC_E_UNSUPPORTED_FUNCTION;
        }),
      ),
    ExportSecurityContext: (at, flags, packed, token) => exportContext(core, at, flags, packed, token),
    ImportSecurityContextW: (name, packed, token, at) => importContext(core, name, packed, token, at),
  };
}

function withContext(core: HostCore, at: Address, work: (context: HostContext) => number): number {
  const context = core.contexts.find(at);
  return context ? work(context) : SEC_E_INVALID_HANDLE;
}

/** Asks user mode first, as Windows does, then LSA mode for attributes that user mode does not support. */
function query(
  core: HostCore,
  { package: hosted, handle, userSide, lsaSide }: HostContext,
  attribute: number,
  buffer: Address,
): number {
  return core.call(hosted, "QueryContextAttributes", () => {
    const user = userSide ? hosted.user?.find("QueryContextAttributes", SpQueryContextAttributesFn) : undefined;
    const answer = user?.(handle, attribute, buffer) ?? SEC_E_UNSUPPORTED_FUNCTION;
    if (answer !== SEC_E_UNSUPPORTED_FUNCTION || !lsaSide) return answer;
    return hosted.lsa.find("QueryContextAttributes", SpQueryContextAttributesFn)?.(handle, attribute, buffer) ?? answer;
  });
}

/** Deletes the context in user mode first, then in LSA mode. An imported context has no LSA-mode part. */
export function deletePackageContext(core: HostCore, context: HostContext): number {
  const { package: hosted, handle } = context;
  return core.call(hosted, "DeleteContext", () => {
    let status: number = SEC_E_OK;
    const remove = (side: string, call: ((handle: Address) => number) | undefined): void => {
      const answer = call?.(handle) ?? SEC_E_OK;
      if (!isFailure(answer)) return;
      core.diagnostics.misdeed("refused", `${side} answered ${statusFact(answer).code}`);
      status = answer;
    };
    if (context.userSide)
      remove("DeleteUserModeContext", hosted.user?.find("DeleteUserModeContext", SpDeleteContextFn));
    if (context.lsaSide) remove("DeleteContext", hosted.lsa.find("DeleteContext", SpDeleteContextFn));
    return status;
  });
}

function exportContext(core: HostCore, at: Address, flags: number, packed: Address, token: Address): number {
  return withContext(core, at, (context) => {
    const { package: hosted, handle } = context;
    const status = core.call(hosted, "SpExportSecurityContext", (memory) => {
      const call = hosted.user?.find("ExportContext", SpExportSecurityContextFn);
      if (!call) return SEC_E_UNSUPPORTED_FUNCTION;
      const place = BigInt(token) === 0n ? undefined : memory.cell();
      const answer = call(handle, flags, packed, place?.address ?? 0);
      if (isFailure(answer)) return answer;
      const usable = settlePacked(core, packed);
      const given = place && core.tokens.handOver(place.pointer);
      if (given !== undefined && isFailure(usable)) core.tokens.close(given);
      else if (given !== undefined) writePointer(token, given);
      return usable;
    });
    if (!isFailure(status) && flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) {
      // The package has deleted its user-mode part with the export; the LSA-mode part remains to be deleted.
      core.contexts.take(at);
      deletePackageContext(core, { ...context, userSide: false });
    }
    return status;
  });
}

function importContext(core: HostCore, name: Address, packed: Address, token: Address, at: Address): number {
  const hosted = BigInt(name) === 0n ? undefined : core.find(readWideString(BigInt(name)));
  if (!hosted) return SEC_E_SECPKG_NOT_FOUND;
  return core.call(hosted, "SpImportSecurityContext", (memory) => {
    const call = hosted.user?.find("ImportContext", SpImportSecurityContextFn);
    if (!call) return SEC_E_UNSUPPORTED_FUNCTION;
    const handle = memory.cell();
    const answer = call(packed, core.tokens.meant(BigInt(token)), handle.address);
    if (!isFailure(answer))
      core.contexts.issue(at, { package: hosted, handle: handle.pointer, lsaSide: false, userSide: true });
    return answer;
  });
}

/** Asks the package for its context's token handle; the package keeps ownership. */
export function contextToken(core: HostCore, at: Address, use: (token: bigint) => number): number {
  return withContext(core, at, ({ package: hosted, handle }) =>
    core.call(hosted, "SpGetContextToken", (memory) => {
      const call = hosted.user?.find("GetContextToken", SpGetContextTokenFn);
      if (!call) return SEC_E_UNSUPPORTED_FUNCTION;
      const place = memory.cell();
      const answer = call(handle, place.address);
      return isFailure(answer) ? answer : use(place.pointer);
    }),
  );
}
