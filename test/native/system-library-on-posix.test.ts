import { expect, it } from "vitest";
import { NativeLibrary, systemLibrary } from "../../src/native/native-library.ts";
import { libc } from "./libc.ts";

it("systemLibrary() loads a Windows DLL only from System32, even if the loader finds it elsewhere", () => {
  expect(NativeLibrary.load(libc).file).toBe(libc);
  expect(systemLibrary(libc, { platform: "win32", env: { SystemRoot: "/nowhere" } })).toBeUndefined();
});
