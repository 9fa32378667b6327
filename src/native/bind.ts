import path from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionDeclaration } from "../ctypes/index.ts";
import { checkText, isPlain, type OptionNames, readOptions, shapeOf } from "../values/index.ts";
import { BindError } from "./bind-error.ts";
import type { BindableFunctions, BoundFunctions } from "./bound-types.ts";
import { checkFunctionDeclaration } from "./check-declaration.ts";
import { FunctionNotFoundError } from "./function-not-found.ts";
import { koffi, type NativeFunction } from "./koffi.ts";
import { system32 } from "./library-choice.ts";
import { Marshalling } from "./marshalling.ts";
import { NativeLibrary } from "./native-library.ts";
import { sspiLibrary } from "./sspi-library.ts";

/** What {@link bind} binds. */
export interface BindOptions<D extends BindableFunctions = BindableFunctions> {
  /**
   * The library: an absolute path, a `file:` URL (`new URL("./libmine.so", import.meta.url)`), or a bare file name, which
   * the system's loader looks for; on Windows in System32 alone. By default the functions are those of Windows: of the
   * machine's SSPI library, and of the DLLs that their declarations name, each looked for when it is first called.
   */
  readonly library?: string | URL;
  /** The functions, by the names that the result has: made by `npx sspi-ffi generate`, or declared by hand. */
  readonly functions: D;
}

const optionNames: OptionNames<BindOptions> = { library: true, functions: true };

/**
 * Makes functions of a native library callable, with the checks that the functions of this entry point have: a wrong
 * argument is refused by its name before native code is called. What a declaration says is believed, so a wrong one can
 * end the process. Calls are made on the calling thread. A library stays loaded until the process ends: there is nothing
 * to close, and binding it again costs next to nothing.
 *
 * @throws BindError where the library cannot be loaded, or lacks one of the functions: all that it lacks are named.
 * @throws FunctionNotFoundError from a function that was bound without a library, where this machine does not have it.
 * @throws TypeError or RangeError naming the option, function or parameter that is wrong, before anything is loaded.
 */
export function bind<const D extends BindableFunctions>(options: BindOptions<D>): BoundFunctions<D> {
  const { library, functions } = readOptions<BindOptions>(options, "options", optionNames);
  const file = library === undefined ? undefined : libraryFile(library);
  const declarations = declarationsOf(functions);
  const bound = file === undefined ? declarations.map(([key, one]) => [key, wanted(one)]) : loaded(file, declarations);
  return Object.fromEntries(bound) as BoundFunctions<D>;
}

type Declarations = readonly (readonly [key: string, declaration: FunctionDeclaration])[];

function declarationsOf(functions: unknown): Declarations {
  if (!isPlain(functions))
    throw new TypeError(`functions: expected declarations of functions by name, got ${shapeOf(functions)}`);
  return Object.entries(functions).map(([key, one]) => [key, checkFunctionDeclaration(one, `functions.${key}`, key)]);
}

/** A relative path would depend on the working directory, and on Windows a bare name on the folders of PATH. */
function libraryFile(library: unknown): string {
  const given = library instanceof URL ? library.href : checkText(library, "library", { empty: false });
  if (given.startsWith("file:")) return fileURLToPath(given);
  if (path.isAbsolute(given)) return given;
  if (!/[\\/:]/.test(given)) return process.platform === "win32" ? system32(given, process) : given;
  throw new RangeError(
    `library: expected an absolute path, a file: URL or a bare file name, got ${JSON.stringify(given)}`,
  );
}

function loaded(file: string, declarations: Declarations): [string, unknown][] {
  // Without koffi no library can be loaded, which is no reason that a library gives.
  koffi();
  let library: NativeLibrary;
  try {
    library = NativeLibrary.load(file);
  } catch (cause) {
    throw new BindError(file, [], { cause });
  }
  const missing = declarations.filter(([, { name }]) => !library.exports(name)).map(([, { name }]) => name);
  if (missing.length > 0) throw new BindError(file, missing);
  return declarations.map(([key, declaration]) => [key, call(library, declaration)]);
}

function call(library: NativeLibrary, declaration: FunctionDeclaration): AnyFunction {
  const native = library.bind(declaration);
  if (!native) throw new BindError(library.file, [declaration.name]);
  return named(declaration, (...args) => new Marshalling(declaration, args).call(native));
}

/** Looked for when it is called: a program may bind what not every system has. */
function wanted(declaration: FunctionDeclaration): AnyFunction {
  let native: NativeFunction | undefined;
  return named(declaration, (...args) => {
    const marshalling = new Marshalling(declaration, args);
    native ??= sspiLibrary().lookUp(declaration);
    if (!native) throw new FunctionNotFoundError(declaration);
    return marshalling.call(native);
  });
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

function named({ name }: FunctionDeclaration, call: AnyFunction): AnyFunction {
  return Object.defineProperty(call, "name", { value: name });
}
