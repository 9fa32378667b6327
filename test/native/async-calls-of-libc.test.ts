import { expect, it } from "vitest";
import { i32 } from "../../src/ctypes/index.ts";
import { NativeLibrary } from "../../src/native/native-library.ts";
import { calledInTurn } from "./called-in-turn.ts";
import { byValue, declared, libc } from "./libc.ts";

it("1000 queued calls off the event loop all finish, each with its own result", async () => {
  const abs = NativeLibrary.load(libc).bind(declared("abs", i32, byValue("number", i32)));
  if (!abs) throw new Error(`${libc} has no abs`);
  const answers = await Promise.all(Array.from({ length: 1000 }, (_, index) => calledInTurn(abs, [-index])));
  expect(answers).toEqual(Array.from({ length: 1000 }, (_, index) => index));
}, 30_000);
