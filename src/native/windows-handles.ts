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

// Windows kernel handles, for tokens. Other systems have none: there every function here returns undefined or false,
// and its caller decides what to do instead.

/** Duplicates a handle for this process; undefined where the value is not a handle, or the system has no handles. */
export function duplicateHandle(handle: bigint): bigint | undefined {
  const current = windowsFunction(GetCurrentProcess)?.();
  return current === undefined ? undefined : duplicateFor(current, handle);
}

/** Duplicates a handle into another process; undefined where that is refused, or the system has no handles. */
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

/** Closes a handle; false where the value is not a handle, or the system has no handles. */
export function closeHandle(handle: bigint): boolean {
  return (windowsFunction(CloseHandle)?.(handle) ?? 0) !== 0;
}

/**
 * Makes this thread impersonate the user of a token; false where that is refused, or the system has no impersonation.
 */
export function impersonateUser(token: bigint): boolean {
  return (windowsFunction(ImpersonateLoggedOnUser)?.(token) ?? 0) !== 0;
}

export function revertToSelf(): boolean {
  return (windowsFunction(RevertToSelf)?.() ?? 0) !== 0;
}
