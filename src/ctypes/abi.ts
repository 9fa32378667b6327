/**
 * The ABIs for which layouts are computed. `posix-64` is WinPR, sspi-rs and GSSAPI on Linux and macOS: the first two
 * spell the headers' `ULONG` and `LONG` as 32 bits there too, never as the platform's 64-bit `long`. `darwin-x64` is
 * the same except for structs that Apple's headers pack only on that processor.
 */
export const abis = ["win32-x64", "win32-arm64", "win32-ia32", "posix-64", "darwin-x64"] as const;

/** One of the ABIs for which layouts are computed. */
export type Abi = (typeof abis)[number];

/** The ABI of a process, from Node's `process.platform` and `process.arch`. */
export function abiOf(platform: string, arch: string): Abi {
  if (platform === "darwin" && arch === "x64") return "darwin-x64";
  if (platform !== "win32") return "posix-64";
  return arch === "ia32" ? "win32-ia32" : arch === "arm64" ? "win32-arm64" : "win32-x64";
}

/** The ABI of this process. */
export const hostAbi: Abi = abiOf(process.platform, process.arch);

/** Size in bytes of the platform's C `long`, which headers other than Windows' may mean: 4 on every Windows. */
export function longSize(abi: Abi): 4 | 8 {
  return abi === "posix-64" ? 8 : 4;
}

/** Size of a pointer in bytes. */
export function pointerSize(abi: Abi): 4 | 8 {
  return abi === "win32-ia32" ? 4 : 8;
}
