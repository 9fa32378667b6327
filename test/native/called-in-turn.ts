import { callOffThread } from "../../src/native/async-calls.ts";
import type { NativeFunction } from "../../src/native/koffi.ts";
import { takeTurn } from "../../src/native/turns.ts";

/** What a call off the event loop comes to, when its turn has come. */
export async function calledInTurn(native: NativeFunction, args: readonly number[]): Promise<number> {
  const turn = await takeTurn("accepting");
  try {
    return await callOffThread(native, args);
  } finally {
    turn.end();
  }
}
