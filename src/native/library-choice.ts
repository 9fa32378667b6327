/** The platform and environment that decide the choice of the library; `process` except in tests. */
export interface Surroundings {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** No SSPI library could be loaded. The message names what was tried and what to install. */
export class LibraryNotFoundError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_LIBRARY_NOT_FOUND";
  /** The libraries that were tried, in order, each with the loader's reason. */
  readonly tried: readonly { readonly library: string; readonly reason: string }[];

  constructor(tried: LibraryNotFoundError["tried"], platform: string) {
    const list = tried.map(({ library, reason }) => `  ${library}: ${reason}`).join("\n");
    super(`No SSPI library could be loaded. Tried:\n${list}\n${advice(platform)}`);
    this.name = "LibraryNotFoundError";
    this.tried = tried;
  }
}

function advice(platform: string): string {
  const other = 'or name a library with SSPI_LIBRARY or `provider: systemProvider("…")`';
  if (platform === "win32") return `secur32.dll is part of Windows: repair the system, ${other}.`;
  if (platform === "darwin") return `Install FreeRDP's WinPR (brew install freerdp), ${other}.`;
  return `Install WinPR (Debian and Ubuntu: apt-get install libwinpr2-2, or libwinpr3-3), ${other}.`;
}

/** The full path of a system DLL, so that a DLL of that name elsewhere on the search path is never loaded. */
export function system32(dll: string, { env }: Surroundings): string {
  return `${env["SystemRoot"] ?? "C:\\Windows"}\\System32\\${dll}`;
}

/** The library that the environment variable `SSPI_LIBRARY` names; an empty variable names none, as if it were not set. */
export function libraryOfEnvironment({ env }: Pick<Surroundings, "env"> = process): string | undefined {
  return env["SSPI_LIBRARY"] || undefined;
}

/**
 * Whether GSSAPI can be chosen by default: on Linux and other systems without SSPI. On macOS it must be named, because
 * it has not been run there.
 */
export function offersGssapi({ platform }: Pick<Surroundings, "platform"> = process): boolean {
  return platform !== "win32" && platform !== "darwin";
}

/**
 * The libraries to try, best first: only the explicit one if there is one (`library`, else `SSPI_LIBRARY`); else
 * secur32.dll from System32 on Windows; else WinPR 3, WinPR 2 and sspi-rs by soname.
 */
export function candidates(library: string | undefined, surroundings: Surroundings): readonly string[] {
  const explicit = library ?? libraryOfEnvironment(surroundings);
  if (explicit) return [explicit];
  if (surroundings.platform === "win32") return [system32("secur32.dll", surroundings)];
  if (surroundings.platform === "darwin")
    return ["libwinpr3.3.dylib", "libwinpr2.2.dylib", "libsspi.dylib"].flatMap((name) => [
      name,
      `/opt/homebrew/lib/${name}`,
    ]);
  return ["libwinpr3.so.3", "libwinpr2.so.2", "libsspi.so"];
}
