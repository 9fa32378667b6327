import {
  SpMakeSignatureFn,
  SpQueryContextAttributesFn,
  SpSealMessageFn,
  SpUnsealMessageFn,
  SpVerifySignatureFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import type { Provider } from "../../../generated/provider.ts";
import {
  SECBUFFER_DATA,
  SECBUFFER_STREAM,
  SECBUFFER_TOKEN,
  SECPKG_ATTR_SIZES,
} from "../../../generated/sspi/constants.ts";
import { SecPkgContext_Sizes } from "../../../generated/sspi/structs.ts";
import {
  SEC_E_INVALID_HANDLE,
  SEC_E_INVALID_TOKEN,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../../generated/status/constants.ts";
import { type Address, hostAbi } from "../../ctypes/index.ts";
import type { NativeMemory } from "../../interface/native-memory.ts";
import { findBuffer, securityBuffers } from "../../interface/security-buffers.ts";
import { isFailure } from "../../status/index.ts";
import type { HostContext, HostCore } from "./host-core.ts";

type UserSideCall = (context: HostContext, memory: NativeMemory) => number | undefined;
type MessageFunctions = Pick<Provider, "MakeSignature" | "VerifySignature" | "EncryptMessage" | "DecryptMessage">;

/** Message protection by a package's user mode, on the caller's own buffers. */
export function messageFunctions(core: HostCore): MessageFunctions {
  const onUserSide = (at: Address, name: string, work: UserSideCall): number => {
    const context = core.contexts.find(at);
    if (!context) return SEC_E_INVALID_HANDLE;
    const call = (memory: NativeMemory) => (context.userSide ? work(context, memory) : undefined);
    return core.call(context.package, name, (memory) => call(memory) ?? SEC_E_UNSUPPORTED_FUNCTION);
  };
  return {
    MakeSignature: (at, quality, message, sequence) =>
      onUserSide(at, "MakeSignature", ({ package: { user }, handle }) =>
        user?.find("MakeSignature", SpMakeSignatureFn)?.(handle, quality, message, sequence),
      ),
    VerifySignature: (at, message, sequence, quality) =>
      onUserSide(at, "VerifySignature", ({ package: { user }, handle }) =>
        user?.find("VerifySignature", SpVerifySignatureFn)?.(handle, message, sequence, quality),
      ),
    EncryptMessage: (at, quality, message, sequence) =>
      onUserSide(at, "SealMessage", ({ package: { user }, handle }) =>
        user?.find("SealMessage", SpSealMessageFn)?.(handle, quality, message, sequence),
      ),
    DecryptMessage: (at, message, sequence, quality) =>
      onUserSide(at, "UnsealMessage", (context, memory) => {
        const unseal = context.package.user?.find("UnsealMessage", SpUnsealMessageFn);
        const whole = unseal && context.package.splitsMessages ? split(context, message, memory) : SEC_E_OK;
        return isFailure(whole) ? whole : unseal?.(context.handle, message, sequence, quality);
      }),
  };
}

/** Splits a STREAM into TOKEN and DATA, for packages that do not do so themselves; a failure if it is too short. */
function split({ package: hosted, handle }: HostContext, message: Address, memory: NativeMemory): number {
  const buffers = securityBuffers(message);
  const stream = findBuffer(buffers, SECBUFFER_STREAM);
  const data = findBuffer(buffers, SECBUFFER_DATA);
  if (!stream || !data) return SEC_E_OK;
  const query = hosted.user?.find("QueryContextAttributes", SpQueryContextAttributesFn);
  const room = memory.allocate(SecPkgContext_Sizes.layouts[hostAbi].size);
  const answer = query?.(handle, SECPKG_ATTR_SIZES, room.address) ?? SEC_E_UNSUPPORTED_FUNCTION;
  if (isFailure(answer)) return answer;
  const trailer = SecPkgContext_Sizes.read(room.view).cbSecurityTrailer;
  if (stream.size < trailer) return SEC_E_INVALID_TOKEN;
  stream.change({ type: SECBUFFER_TOKEN, size: trailer });
  data.change({ pointer: stream.pointer + BigInt(trailer), size: stream.size - trailer });
  return SEC_E_OK;
}
