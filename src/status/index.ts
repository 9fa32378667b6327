export { check, failure } from "./check.ts";
export { SspiError } from "./sspi-error.ts";
export { type StatusCode, statusFact } from "./status-facts.ts";
