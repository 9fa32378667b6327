import {
  CloseHandle,
  DuplicateHandle,
  GetCurrentProcess,
  ImpersonateLoggedOnUser,
  RevertToSelf,
} from "../../generated/base/functions.ts";
import { DUPLICATE_SAME_ACCESS } from "../../generated/winnt/constants.ts";
import { addressOfBuffer } from "./memory-access.ts";
import { windowsFunction } from "./windows-functions.ts";

// Handles of Windows' kernel, for tokens. Elsewhere there are none: every function here is then absent, and its
// caller has to say what it does instead.

/** A handle of ours to the same object; undefined where the value is no handle, or the system has none. */
export function duplicateHandle(handle: bigint): bigint | undefined {
  const current = windowsFunction(GetCurrentProcess)?.();
  const duplicate = windowsFunction(DuplicateHandle);
  if (current === undefined || !duplicate) return undefined;
  const place = new BigUint64Array(1);
  const done = duplicate(current, handle, current, addressOfBuffer(place.buffer), 0, 0, DUPLICATE_SAME_ACCESS);
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
