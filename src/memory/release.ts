import { type ReleaseFunction, type ReleaseFunctionName, releaseFunctions } from "../../generated/release-functions.ts";
import { SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { AnswerError, type SecurityProvider } from "../native/index.ts";
import { countAcquired, countReleased } from "./live.ts";

export type { ReleaseFunction };

/** Counts an object that the native side has just handed out and that `by` will release. */
export function acquired(by: ReleaseFunctionName): void {
  countAcquired(releaseFunctions[by].counts);
}

/**
 * Gives an object back to its provider. `argument` is its value or the address of its memory, whichever the function
 * takes. Never throws, because another error may already be propagating; a provider's refusal is reported as a process
 * warning.
 */
export function release(provider: SecurityProvider, by: ReleaseFunction, argument: number | bigint): void {
  const { counts, success } = releaseFunctions[by];
  const answer = answerOf(provider, by, argument);
  // Memory stays counted if the provider has no function to release it; for any other answer it may be released.
  if (!(counts === "buffers" && isUnsupported(answer) && !provider.has(by))) countReleased(counts);
  if ((answer === 0) === (success === "zero")) return;
  const said = typeof answer === "number" ? `${by} answered 0x${(answer >>> 0).toString(16)}` : answer.message;
  process.emitWarning(said, { type: "SspiReleaseWarning", code: "SSPI_RELEASE_REFUSED" });
}

function isUnsupported(answer: number | AnswerError): boolean {
  return typeof answer === "number" && answer >>> 0 === SEC_E_UNSUPPORTED_FUNCTION;
}

/**
 * Returns the function's result, or the error about a result that is not a status: in that case too the function was
 * called.
 */
function answerOf(provider: SecurityProvider, by: ReleaseFunction, argument: number | bigint): number | AnswerError {
  try {
    return provider[by](argument);
  } catch (error) {
    if (error instanceof AnswerError) return error;
    throw error;
  }
}

/**
 * Counts an object as gone without calling its release function `by`: the native side released it, or the caller took
 * it.
 */
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
