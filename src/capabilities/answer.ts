import { SEC_E_OK } from "../../generated/status/constants.ts";
import { SspiError, type StatusCode, statusFact } from "../status/index.ts";

/** `true` if something works, otherwise the status of its failure. */
export type Answer = true | StatusCode;

/** Converts a status without making an error. */
export function answerTo(status: number): Answer {
  return status === SEC_E_OK || statusFact(status).code;
}

/** Runs a query and converts its outcome. Errors other than native failures are thrown again. */
export function answerOf(question: () => unknown): Answer {
  try {
    question();
    return true;
  } catch (error) {
    if (error instanceof SspiError) return error.code as StatusCode;
    throw error;
  }
}

export function shownAnswer(answer: Answer): string {
  return answer === true ? "yes" : answer;
}
