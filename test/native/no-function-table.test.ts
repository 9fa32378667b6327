import { expect, it } from "vitest";
import { FunctionTable } from "../../src/native/function-table.ts";
import { NativeLibrary } from "../../src/native/native-library.ts";
import { libc } from "./libc.ts";

it("FunctionTable.of() is undefined for a library without an entry point to a table", () => {
  expect(FunctionTable.of(NativeLibrary.load(libc))).toBeUndefined();
});
