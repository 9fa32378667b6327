import { expect, it } from "vitest";
import { NativeLibrary, systemLibrary } from "../../src/native/native-library.ts";
import { libc } from "./libc.ts";

it("a DLL of Windows is not taken from anywhere but System32, although the loader knows one", () => {
  expect(NativeLibrary.load(libc).file).toBe(libc);
  expect(systemLibrary(libc, { platform: "win32", env: { SystemRoot: "/nowhere" } })).toBeUndefined();
});
