import * as credssp from "../../src/credssp.ts";
import * as http from "../../src/http.ts";
import * as index from "../../src/index.ts";
import * as packages from "../../src/packages.ts";

/** Messages of errors that V8 and Node throw where the library has not checked. */
const engine =
  /Cannot (read|convert|mix|destructure|set|perform)|is not (a function|iterable|defined|an object|a constructor)|private (member|field)|undefined \(|Receiver must|Invalid (argument|time|typed|array)|Array buffer allocation|out of range|out of bounds|must be of type|Maximum call/;

const classes: readonly (typeof Error)[] = [
  ...Object.values<unknown>(index),
  ...Object.values<unknown>(packages),
  ...Object.values<unknown>(credssp),
  ...Object.values<unknown>(http),
].filter((value): value is typeof Error => typeof value === "function" && value.prototype instanceof Error);

/**
 * The fault of an error: undefined for one of the library's classes, and for a mistake of the caller that names the
 * argument.
 */
export function flawOfError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return `no error: ${typeof error}`;
  const said = `${error.name}: ${error.message}`;
  if (engine.test(error.message)) return said;
  if (classes.some((one) => error instanceof one)) return undefined;
  if ((error instanceof TypeError || error instanceof RangeError) && /^[\w$.[\]?, ]+( |:)/.test(error.message))
    return undefined;
  return said;
}
