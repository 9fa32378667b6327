import * as contexts from "../../generated/sspi/functions-contexts.ts";
import * as credentials from "../../generated/sspi/functions-credentials.ts";
import * as messages from "../../generated/sspi/functions-messages.ts";
import type { FunctionDeclaration } from "../../src/ctypes/index.ts";
import * as raw from "../../src/raw.ts";
import type { Random } from "./random.ts";

type Parameter = FunctionDeclaration["parameters"][number];

/** Larger than any attribute, and large enough for every announced size. */
const room = 8192;

/** A function that takes a handle, and everything else by value or in memory of known size. */
function isCallable({ parameters }: FunctionDeclaration): boolean {
  const handle = parameters.some(({ type, direction }) => isHandle(type) && direction === "in");
  // Legs make contexts and credentials, which nobody would release.
  return handle && !parameters.some(({ type, direction }) => isHandle(type) && direction !== "in");
}

function isHandle(type: string): boolean {
  return /^P(Cred|Ctxt)Handle$/.test(type);
}

/** The functions of `sspi-ffi/raw` that are called. */
export const rawFunctions: readonly FunctionDeclaration[] = Object.values<unknown>({
  ...contexts,
  ...credentials,
  ...messages,
})
  .filter((one): one is FunctionDeclaration => typeof one === "object" && one !== null && "parameters" in one)
  .filter(isCallable);

/** A call of such a function with objects of the library's as its handles; memory is zero, or the caller's own. */
export function rawCall(
  { name, parameters }: FunctionDeclaration,
  random: Random,
  objects: readonly object[],
): readonly [name: string, call: () => unknown] {
  const given = parameters.map((parameter) => argumentFor(parameter, random, objects));
  const call = (raw as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
  return [`raw.${name}`, () => call?.(...given)];
}

function argumentFor(
  { type, direction, value, optional }: Parameter,
  random: Random,
  objects: readonly object[],
): unknown {
  if (isHandle(type)) return random.of(objects);
  if (value) return random.below(8) === 0 ? room : random.below(130);
  if (optional && random.below(3) === 0) return null;
  return direction === "out" && random.below(2) === 0 ? [] : Buffer.alloc(room);
}
