import {
  CloseHandle,
  DuplicateHandle,
  GetCurrentProcess,
  ImpersonateLoggedOnUser,
  OpenProcess,
  RevertToSelf,
} from "../../generated/base/functions.ts";
import { DUPLICATE_SAME_ACCESS, PROCESS_DUP_HANDLE } from "../../generated/winnt/constants.ts";
import { addressOfBuffer } from "./memory-access.ts";
import { windowsFunction } from "./windows-functions.ts";

// Handles of Windows' kernel, for tokens. Elsewhere there are none: every function here is then absent, and its
// caller has to say what it does instead.

/** A handle of ours to the same object; undefined where the value is no handle, or the system has none. */
export function duplicateHandle(handle: bigint): bigint | undefined {
  const current = windowsFunction(GetCurrentProcess)?.();
  return current === undefined ? undefined : duplicateFor(current, handle);
}

/** A handle of another process to the same object; undefined where that is refused, or the system has none. */
export function duplicateHandleInto(processId: number, handle: bigint): bigint | undefined {
  const process = windowsFunction(OpenProcess)?.(PROCESS_DUP_HANDLE, 0, processId);
  if (process === undefined || BigInt(process) === 0n) return undefined;
  try {
    return duplicateFor(process, handle);
  } finally {
    closeHandle(BigInt(process));
  }
}

function duplicateFor(process: number | bigint, handle: bigint): bigint | undefined {
  const [current, duplicate] = [windowsFunction(GetCurrentProcess)?.(), windowsFunction(DuplicateHandle)];
  if (current === undefined || !duplicate) return undefined;
  const place = new BigUint64Array(1);
  const done = duplicate(current, handle, process, addressOfBuffer(place.buffer), 0, 0, DUPLICATE_SAME_ACCESS);
  return done === 0 ? undefined : place[0];
}

/** False where the value is no handle, or the system has none. */
export function closeHandle(handle: bigint): boolean {
  return (windowsFunction(CloseHandle)?.(handle) ?? 0) !== 0;
}

/** Makes this thread act for the user of a token; false where that is refused, or the system has no such thing. */
export function impersonateUser(token: bigint): boolean {
  return (windowsFunction(ImpersonateLoggedOnUser)?.(token) ?? 0) !== 0;
}

export function revertToSelf(): boolean {
  return (windowsFunction(RevertToSelf)?.() ?? 0) !== 0;
}
