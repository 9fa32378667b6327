import {
  SpAcquireCredentialsHandleFn,
  SpAddCredentialsFn,
  SpFreeCredentialsHandleFn,
  SpQueryCredentialsAttributesFn,
  SpSetCredentialsAttributesFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import type { Provider } from "../../../generated/provider.ts";
import {
  SEC_E_INVALID_HANDLE,
  SEC_E_OK,
  SEC_E_SECPKG_NOT_FOUND,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../../generated/status/constants.ts";
import type { Address } from "../../ctypes/index.ts";
import type { NativeMemory } from "../../interface/native-memory.ts";
import { readWideString } from "../../native/index.ts";
import { isFailure, statusFact } from "../../status/index.ts";
import type { HostCore, HostCredential } from "./host-core.ts";

type CredentialFunctions = Pick<
  Provider,
  | "AcquireCredentialsHandleW"
  | "FreeCredentialsHandle"
  | "QueryCredentialsAttributesW"
  | "SetCredentialsAttributesW"
  | "AddCredentialsW"
>;

/** The credential functions, implemented with a package's LSA-mode functions. */
export function credentialFunctions(core: HostCore): CredentialFunctions {
  return {
    AcquireCredentialsHandleW: (principal, name, use, logonId, authData, key, keyArgument, at, expiry) => {
      const hosted = BigInt(name) === 0n ? undefined : core.find(readWideString(BigInt(name)));
      if (!hosted) return SEC_E_SECPKG_NOT_FOUND;
      return core.call(hosted, "AcquireCredentialsHandle", (memory) => {
        const acquire = hosted.lsa.find("AcquireCredentialsHandle", SpAcquireCredentialsHandleFn);
        if (!acquire) return SEC_E_UNSUPPORTED_FUNCTION;
        const handle = memory.cell();
        const until = BigInt(expiry) === 0n ? memory.cell().address : expiry;
        const who = unicodeString(memory, principal);
        const answer = acquire(who, use, logonId, authData, key, keyArgument, handle.address, until);
        if (!isFailure(answer)) core.credentials.issue(at, { package: hosted, handle: handle.pointer });
        return answer;
      });
    },
    FreeCredentialsHandle: (at) => {
      const credential = core.credentials.take(at);
      if (credential) return freeCredential(core, credential);
      return core.closed && core.credentials.issued(at) ? SEC_E_OK : SEC_E_INVALID_HANDLE;
    },
    QueryCredentialsAttributesW: (at, attribute, buffer) =>
      withCredential(core, at, "QueryCredentialsAttributes", ({ package: { lsa }, handle }) =>
        lsa.find("QueryCredentialsAttributes", SpQueryCredentialsAttributesFn)?.(handle, attribute, buffer),
      ),
    SetCredentialsAttributesW: (at, attribute, buffer, size) =>
      withCredential(core, at, "SetCredentialsAttributes", ({ package: { lsa }, handle }) =>
        lsa.find("SetCredentialsAttributes", SpSetCredentialsAttributesFn)?.(handle, attribute, buffer, size),
      ),
    AddCredentialsW: (at, principal, name, use, authData, key, keyArgument, expiry) =>
      withCredential(core, at, "AddCredentials", ({ package: { lsa }, handle }, memory) => {
        const add = lsa.find("AddCredentials", SpAddCredentialsFn);
        const [who, what] = [unicodeString(memory, principal), unicodeString(memory, name)];
        return add?.(handle, who, what, use, authData, key, keyArgument, expiry);
      }),
  };
}

export function freeCredential(core: HostCore, { package: hosted, handle }: HostCredential): number {
  return core.call(hosted, "FreeCredentialsHandle", () => {
    const answer = hosted.lsa.find("FreeCredentialsHandle", SpFreeCredentialsHandleFn)?.(handle) ?? SEC_E_OK;
    if (isFailure(answer))
      core.diagnostics.misdeed("refused", `FreeCredentialsHandle answered ${statusFact(answer).code}`);
    return answer;
  });
}

type CredentialCall = (credential: HostCredential, memory: NativeMemory) => number | undefined;

function withCredential(core: HostCore, at: Address, name: string, work: CredentialCall): number {
  const credential = core.credentials.find(at);
  if (!credential) return SEC_E_INVALID_HANDLE;
  return core.call(credential.package, name, (memory) => work(credential, memory) ?? SEC_E_UNSUPPORTED_FUNCTION);
}

/** Converts an `LPWSTR` to the `PUNICODE_STRING` that a package takes; NULL stays NULL. */
function unicodeString(memory: NativeMemory, text: Address): Address {
  return BigInt(text) === 0n ? 0 : memory.unicodeString(readWideString(BigInt(text))).address;
}
