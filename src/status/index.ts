export { check, type Failure, failure, isFailure, type StatusSource } from "./check.ts";
export { type Explanation, Explanations } from "./explanations.ts";
export { shownError } from "./shown-error.ts";
export { codeOf, SspiError } from "./sspi-error.ts";
export {
  type StatusCode,
  type StatusFact,
  type StatusKind,
  type StatusName,
  statusFact,
  statusNumber,
} from "./status-facts.ts";
