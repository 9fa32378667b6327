import { koffi } from "../../src/native/koffi.ts";

/** The version of the Wine in which this process runs; undefined on Microsoft's Windows. */
export function wineVersion(): string | undefined {
  if (process.platform !== "win32") return undefined;
  try {
    return koffi().load("ntdll.dll").func("const char *wine_get_version()")();
  } catch {
    // Only Wine exports wine_get_version.
    return undefined;
  }
}
