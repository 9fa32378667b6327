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

/** The options of {@link bind}. */
export interface BindOptions<D extends BindableFunctions = BindableFunctions> {
  /**
   * The library: an absolute path, a `file:` URL (`new URL("./libmine.so", import.meta.url)`), or a bare file name,
   * which the system's loader searches for; on Windows only in System32. By default the functions come from the
   * machine's SSPI library and from the Windows DLLs that their declarations name, and each one is looked up at its
   * first call.
   */
  readonly library?: string | URL;
  /** The functions, by their names in the result; their declarations are made by `npx sspi-ffi generate` or by hand. */
  readonly functions: D;
}

const optionNames: OptionNames<BindOptions> = { library: true, functions: true };

/**
 * Makes functions of a native library callable, with the same checks as the functions of this entry point: a wrong
 * argument is refused, and named, before native code is called. Declarations are trusted, so a wrong one can crash the
 * process. Calls run on the calling thread. A library stays loaded until the process ends, so there is nothing to
 * close, and binding it again is cheap.
 *
 * @throws BindError where the library cannot be loaded, or lacks functions: the error names all of them.
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

/**
 * Refuses relative paths, which depend on the working directory, and on Windows looks for a bare name in System32
 * instead of the folders of PATH.
 */
function libraryFile(library: unknown): string {
  const given = library instanceof URL ? library.href : checkText(library, "library", { empty: false });
  if (given.startsWith("file:")) return fileURLToPath(given);
  if (path.isAbsolute(given)) return given;
  if (!/[\\/:]/.test(given)) return process.platform === "win32" ? system32(given, process) : given;
  throw new RangeError(`library: expected an absolute path, a file: URL or a bare file name, got ${shapeOf(given)}`);
}

function loaded(file: string, declarations: Declarations): [string, unknown][] {
  // Load koffi first, so that a missing koffi is not reported as an error of the library.
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

/** Looks the function up at its first call, because a program may bind functions that not every system has. */
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
