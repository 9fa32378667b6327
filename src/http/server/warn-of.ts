/** What failed with nobody to hear of it: node:http has no handler of errors, and what is thrown would end the process. */
export function warnOf(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
