/**
 * Emits a warning for an error that no handler receives: node:http handles no errors, and throwing would end the
 * process.
 */
export function warnOf(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
