import koffi from "koffi";
import { wineVersion } from "../windows/wine-version.ts";

// Windows' functions, called without this package, so that its results can be compared with them.
const kernel32 = koffi.load("kernel32.dll");
const advapi32 = koffi.load("advapi32.dll");
const GetHandleInformation = kernel32.func("int __stdcall GetHandleInformation(uintptr_t handle, void *flags)");
const OpenProcessToken = advapi32.func("int __stdcall OpenProcessToken(uintptr_t process, uint access, void *token)");
const OpenThreadToken = advapi32.func(
  "int __stdcall OpenThreadToken(uintptr_t thread, uint access, int asSelf, void *token)",
);
const GetProcessHandleCount = kernel32.func("int __stdcall GetProcessHandleCount(uintptr_t process, void *count)");
/** Closes a handle; returns 0 if the handle is invalid. */
const CloseHandle = kernel32.func("int __stdcall CloseHandle(uintptr_t handle)");

const thisProcess = 0xffff_ffff_ffff_ffffn;
const thisThread = 0xffff_ffff_ffff_fffen;
const tokenQuery = 0x8;
const tokenDuplicate = 0x2;
const tokenImpersonate = 0x4;

/** Opens the token of this process; the caller closes the handle. */
export function processToken(): bigint {
  const place = new BigUint64Array(1);
  if (OpenProcessToken(thisProcess, tokenQuery | tokenDuplicate | tokenImpersonate, place) === 0)
    throw new Error("OpenProcessToken failed");
  return place[0] as bigint;
}

export function isOpen(handle: bigint): boolean {
  return GetHandleInformation(handle, new Uint32Array(1)) !== 0;
}

export function close(handle: bigint): boolean {
  return CloseHandle(handle) !== 0;
}

/** Whether this thread impersonates a user. */
export function impersonates(): boolean {
  const place = new BigUint64Array(1);
  return OpenThreadToken(thisThread, tokenQuery, 1, place) !== 0 && close(place[0] as bigint);
}

/**
 * How many handles this process holds. Node's threads open and close handles too, so that a comparison needs slack.
 * Wine does not count handles, but opens the lowest free one, in steps of 4; Windows promises no such order.
 */
export function heldHandles(): number {
  if (wineVersion() !== undefined) {
    const token = processToken();
    close(token);
    return Number(token / 4n);
  }
  const count = new Uint32Array(1);
  if (GetProcessHandleCount(thisProcess, count) === 0) throw new Error("GetProcessHandleCount failed");
  return count[0] as number;
}

const LookupAccountNameW = advapi32.func(
  "int __stdcall LookupAccountNameW(str16 system, str16 name, void *sid, void *sidSize, void *domain, void *domainSize, void *use)",
);
const ConvertSidToStringSidW = advapi32.func("int __stdcall ConvertSidToStringSidW(void *sid, _Out_ void **text)");

/** The security identifier of an account of this machine, as Windows writes it. */
export function sidOfAccount(name: string): string {
  const sid = new Uint8Array(256);
  const domain = new Uint16Array(256);
  const sizes = [Uint32Array.of(sid.length), Uint32Array.of(domain.length)] as const;
  if (LookupAccountNameW(null, name, sid, sizes[0], domain, sizes[1], new Uint32Array(1)) === 0)
    throw new Error(`LookupAccountNameW does not know ${name}`);
  const text: [unknown] = [null];
  if (ConvertSidToStringSidW(sid, text) === 0) throw new Error("ConvertSidToStringSidW failed");
  return koffi.decode.string16(text[0] as bigint);
}
