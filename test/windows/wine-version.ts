import { koffi } from "../../src/native/koffi.ts";

/** Wine's version as it says itself, whatever is installed outside; undefined on Microsoft's Windows. */
export function wineVersion(): string | undefined {
  if (process.platform !== "win32") return undefined;
  try {
    return koffi().load("ntdll.dll").func("const char *wine_get_version()")();
  } catch {
    // Only Wine has that function.
    return undefined;
  }
}
