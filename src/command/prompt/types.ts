import * as nodeModule from "node:module";
import { Script } from "node:vm";

/** Makes JavaScript of TypeScript. @throws where it is none */
export type TypeStripper = (typed: string) => string;

/** Node's own, which 22.13 and later have. */
export function nodesTypeStripper(): TypeStripper | undefined {
  const { stripTypeScriptTypes } = nodeModule as { readonly stripTypeScriptTypes?: (code: string) => string };
  return stripTypeScriptTypes && ((typed) => withoutWarnings(() => stripTypeScriptTypes(typed)));
}

/** That the function may change one day is nothing that who types has to know, in the middle of a line. */
function withoutWarnings<T>(call: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return call();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** TypeScript's types stripped, where there are any; what does not parse goes on, so that the prompt asks for another line. */
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
