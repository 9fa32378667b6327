import { callOffThread } from "../../src/native/async-calls.ts";
import type { NativeFunction } from "../../src/native/koffi.ts";
import { takeTurn } from "../../src/native/turns.ts";

/** Waits for a turn, calls the function off the event loop and resolves to its result. */
export async function calledInTurn(native: NativeFunction, args: readonly number[]): Promise<number> {
  const turn = await takeTurn("accepting");
  try {
    return await callOffThread(native, args);
  } finally {
    turn.end();
  }
}
