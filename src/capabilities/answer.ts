import { SEC_E_OK } from "../../generated/status/constants.ts";
import { SspiError, type StatusCode, statusFact } from "../status/index.ts";

/** True where it works; else the status that it answers. */
export type Answer = true | StatusCode;

/** What a status says, without an error made of it. */
export function answerTo(status: number): Answer {
  return status === SEC_E_OK || statusFact(status).code;
}

/** Whether a question is answered. What is no failure of the native side is thrown on. */
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
