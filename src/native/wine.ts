import { systemLibrary } from "./native-library.ts";

let found: boolean | undefined;

/** Whether this Windows is Wine, which reads some structs only in their earliest version. */
export function isWine(): boolean {
  found ??= systemLibrary("ntdll.dll", process)?.exports("wine_get_version") ?? false;
  return found;
}
