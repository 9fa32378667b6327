import { expect, it } from "vitest";
import { FunctionTable } from "../../src/native/function-table.ts";
import { NativeLibrary } from "../../src/native/native-library.ts";
import { libc } from "./libc.ts";

it("a library that exports no way to a table has none", () => {
  expect(FunctionTable.of(NativeLibrary.load(libc))).toBeUndefined();
});
