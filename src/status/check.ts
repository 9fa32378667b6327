import { SspiError } from "./sspi-error.ts";
import { statusFact } from "./status-facts.ts";

/**
 * Success and informational statuses come back as they are (unsigned); a failure is thrown.
 * The only place where a status becomes an error.
 */
export function check(operation: string, status: number, token?: Buffer): number {
  const unsigned = status >>> 0;
  if (unsigned < 0x8000_0000) return unsigned;
  throw failure(operation, unsigned, token);
}

/** The error of a failed status. */
export function failure(operation: string, status: number, token?: Buffer, cause?: unknown): SspiError {
  const { code, text } = statusFact(status);
  return new SspiError({ code, status: status >>> 0, operation, text, ...(token ? { token } : {}), cause });
}
