import { type ReleaseFunction, type ReleaseFunctionName, releaseFunctions } from "../../generated/release-functions.ts";
import { AnswerError, type SecurityProvider } from "../native/index.ts";
import { countAcquired, countReleased } from "./live.ts";

export type { ReleaseFunction };

/** Says that the native side has just handed out something that `by` will release. */
export function acquired(by: ReleaseFunctionName): void {
  countAcquired(releaseFunctions[by].counts);
}

/**
 * Gives a thing back to the provider it came from: its value, or the address of where it is kept, as the
 * function takes it. Never throws, because it runs where something else may be on its way out; a provider
 * that refuses is reported as a process warning.
 */
export function release(provider: SecurityProvider, by: ReleaseFunction, argument: number | bigint): void {
  const { counts, success } = releaseFunctions[by];
  const answer = answerOf(provider, by, argument);
  countReleased(counts);
  if ((answer === 0) === (success === "zero")) return;
  const said = typeof answer === "number" ? `${by} answered 0x${(answer >>> 0).toString(16)}` : answer.message;
  process.emitWarning(said, { type: "SspiReleaseWarning", code: "SSPI_RELEASE_REFUSED" });
}

/** What the function answered, or the error of an answer that is none: it was called all the same. */
function answerOf(provider: SecurityProvider, by: ReleaseFunction, argument: number | bigint): number | AnswerError {
  try {
    return provider[by](argument);
  } catch (error) {
    if (error instanceof AnswerError) return error;
    throw error;
  }
}

/** Says that `by` is not ours to call any more: the native side has released the thing itself, or it is somebody else's now. */
export function surrendered(by: ReleaseFunctionName): void {
  countReleased(releaseFunctions[by].counts);
}

/** Reads what a package allocated at `address`, then frees it, also when reading throws. */
export function readAndRelease<T>(
  provider: SecurityProvider,
  by: ReleaseFunction,
  address: number | bigint,
  read: () => T,
): T {
  acquired(by);
  try {
    return read();
  } finally {
    release(provider, by, address);
  }
}
