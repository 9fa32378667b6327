import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Kernel handles that serve as tokens. On Windows they are tokens; elsewhere, where tokens do not exist, a package may
 * use any handle: here a file's descriptor.
 */
export interface TokenHandles {
  /** Opens a handle in this process. */
  open(): bigint;
  /** The identity of a handle's object, the same in every process; undefined if the handle is not open. */
  identity(handle: bigint): string | undefined;
  close(handle: bigint): boolean;
}

const descriptors: TokenHandles = {
  open() {
    const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-token-"));
    const descriptor = openSync(join(folder, "token"), "w+");
    rmSync(folder, { recursive: true });
    return BigInt(descriptor);
  },
  identity(handle) {
    try {
      const { dev, ino } = fstatSync(Number(handle));
      return `${dev}:${ino}`;
    } catch {
      return undefined;
    }
  },
  close(handle) {
    closeSync(Number(handle));
    return true;
  },
};

const tokenStatistics = 10;

/** Windows' functions, called without this package, so that its results can be compared with them. */
function kernelHandles(): TokenHandles {
  const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
  const [kernel32, advapi32] = [koffi.load("kernel32.dll"), koffi.load("advapi32.dll")];
  const OpenProcessToken = advapi32.func("int __stdcall OpenProcessToken(uintptr_t process, uint access, void *token)");
  const GetTokenInformation = advapi32.func(
    "int __stdcall GetTokenInformation(uintptr_t token, int what, void *answer, uint size, void *used)",
  );
  const CloseHandle = kernel32.func("int __stdcall CloseHandle(uintptr_t handle)");
  return {
    open() {
      const place = new BigUint64Array(1);
      // TOKEN_DUPLICATE, TOKEN_IMPERSONATE and TOKEN_QUERY.
      if (OpenProcessToken(0xffff_ffff_ffff_ffffn, 0xe, place) === 0) throw new Error("OpenProcessToken failed");
      return place[0] as bigint;
    },
    identity(handle) {
      const answer = new Uint8Array(64);
      // TOKEN_STATISTICS begins with TokenId, which is unique among the system's tokens.
      if (GetTokenInformation(handle, tokenStatistics, answer, 56, new Uint32Array(1)) === 0) return undefined;
      return Buffer.from(answer.subarray(0, 8)).toString("hex");
    },
    close: (handle) => CloseHandle(handle) !== 0,
  };
}

export const tokenHandles = process.platform === "win32" ? kernelHandles() : descriptors;
