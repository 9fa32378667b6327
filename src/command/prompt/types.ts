import * as nodeModule from "node:module";
import { Script } from "node:vm";

/** Converts TypeScript to JavaScript. @throws for text that is not TypeScript */
export type TypeStripper = (typed: string) => string;

/** Node's own function, available since 22.13. */
export function nodesTypeStripper(): TypeStripper | undefined {
  const { stripTypeScriptTypes } = nodeModule as { readonly stripTypeScriptTypes?: (code: string) => string };
  return stripTypeScriptTypes && ((typed) => withoutWarnings(() => stripTypeScriptTypes(typed)));
}

/** Suppresses the warning that the function is experimental, which would appear in the middle of a typed line. */
function withoutWarnings<T>(call: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return call();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * Strips TypeScript's types, if there are any. Text that does not parse is returned, so that the prompt asks for
 * another line.
 */
export function withoutTypes(typed: string, strip: TypeStripper | undefined): string {
  if (strip === undefined || parses(typed) || parses(`(async () => {\n${typed}\n})`)) return typed;
  try {
    return strip(typed);
  } catch {
    return typed;
  }
}

function parses(code: string): boolean {
  try {
    new Script(code);
    return true;
  } catch {
    return false;
  }
}
