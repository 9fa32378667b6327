import {
  type CallbackDeclaration,
  type FunctionDeclaration,
  isStruct,
  nothing,
  type Parameter,
  type Pointee,
  scalars,
} from "../ctypes/index.ts";
import {
  checkArray,
  checkBoolean,
  checkFunction,
  checkName,
  checkText,
  type OptionNames,
  readOptions,
  shapeOf,
} from "../values/index.ts";
import type { BindableFunction, BindableParameter } from "./bound-types.ts";

const words: ReadonlySet<unknown> = new Set(scalars);
const texts: readonly unknown[] = ["void", "wide-string", "ansi-string", "function"];

/** Properties that only generated declarations have; the checks ignore their values. */
interface Generated {
  readonly header: string;
  readonly resultReleasedBy: string;
  readonly returnsTo: unknown;
  readonly call: unknown;
}

const functionNames: OptionNames<BindableFunction & Generated> = {
  name: true,
  header: true,
  libraries: true,
  convention: true,
  returns: true,
  returnsTo: true,
  resultReleasedBy: true,
  releases: true,
  parameters: true,
  call: true,
};

const parameterNames: OptionNames<BindableParameter & Parameter> = {
  name: true,
  type: true,
  direction: true,
  optional: true,
  value: true,
  struct: true,
  pointsTo: true,
  callback: true,
  releasedBy: true,
  releasedField: true,
  sizedBy: true,
  counts: true,
  flags: true,
};

/**
 * Checks and copies a function's declaration, because native code would misread the arguments of an invalid type.
 *
 * @throws TypeError or RangeError naming the part that is wrong
 */
export function checkFunctionDeclaration(given: unknown, argument: string, key: string): FunctionDeclaration {
  const read = readOptions<BindableFunction & Generated>(given as object, argument, functionNames);
  const { convention = "cdecl", name = key, libraries = [], releases } = read;
  const parameters = checkParameters(read.parameters, `${argument}.parameters`);
  if (releases !== undefined && parameters.length !== 1)
    throw new RangeError(`${argument}.releases: expected a function of one parameter, got ${parameters.length}`);
  return {
    name: checkIdentifier(name, `${argument}.name`),
    header: "",
    libraries: checkLibraries(libraries, `${argument}.libraries`),
    convention: checkName(convention, `${argument}.convention`, ["cdecl", "stdcall"]),
    returns: checkReturns(read.returns, `${argument}.returns`),
    ...(releases === undefined ? {} : { releases }),
    parameters,
  };
}

/** @throws TypeError or RangeError naming the part that is wrong */
export function checkCallbackDeclaration<F>(given: CallbackDeclaration<F>, argument: string): CallbackDeclaration<F> {
  const { name, header, convention, returns, parameters } = checkFunctionDeclaration(given, argument, "callback");
  return { name, header, convention, returns, parameters };
}

function checkIdentifier(given: unknown, argument: string): string {
  const name = checkText(given, argument, { empty: false });
  if (/^[A-Za-z_?@$][\w?@$.]*$/.test(name)) return name;
  throw new RangeError(`${argument}: expected the name of an exported function, got ${shapeOf(name)}`);
}

function checkLibraries(given: unknown, argument: string): readonly string[] {
  return checkArray(given, argument, "an array of file names").map((library, index) => {
    const name = checkText(library, `${argument}[${index}]`, { empty: false });
    if (/^[\w.-]+$/.test(name)) return name;
    throw new RangeError(`${argument}[${index}]: expected the file name of a library, got ${shapeOf(name)}`);
  });
}

function checkReturns(given: unknown, argument: string): FunctionDeclaration["returns"] {
  if (given === nothing || words.has(given)) return given as FunctionDeclaration["returns"];
  throw new TypeError(`${argument}: expected a type of sspi-ffi/raw, such as i32 or nothing, got ${shapeOf(given)}`);
}

function checkParameters(given: unknown, argument: string): readonly Parameter[] {
  return checkArray(given, argument, "an array of parameters").map((one, index) =>
    checkParameter(one, `${argument}[${index}]`),
  );
}

function checkParameter(given: unknown, argument: string): Parameter {
  const read = readOptions<BindableParameter & Pick<Parameter, "struct">>(given as object, argument, parameterNames);
  const { direction = "in", type = "", optional, value, pointsTo, callback } = read;
  const name = checkText(read.name, `${argument}.name`, { empty: false });
  if (read.struct !== undefined)
    throw new TypeError(`${argument}.struct: a struct by value cannot be passed; point to it`);
  if ((value === undefined) === (pointsTo === undefined))
    throw new TypeError(`${argument}: expected either value or pointsTo`);
  if (optional !== undefined) checkBoolean(optional, `${argument}.optional`);
  checkFunction(callback, `${argument}.callback`);
  const common = { name, type: checkText(type, `${argument}.type`) };
  if (value !== undefined) {
    if (!words.has(value))
      throw new TypeError(`${argument}.value: expected a type of sspi-ffi/raw, such as i32, got ${shapeOf(value)}`);
    checkName(direction, `${argument}.direction`, ["in"]);
    return { ...common, direction: "in", value };
  }
  const pointee = checkPointee(typeof pointsTo === "function" ? pointsTo() : pointsTo, `${argument}.pointsTo`);
  return {
    ...common,
    direction: checkName(direction, `${argument}.direction`, ["in", "out", "inout"]),
    ...(optional ? { optional: true } : {}),
    pointsTo: () => pointee,
    ...(callback === undefined ? {} : { callback }),
  };
}

function checkPointee(given: unknown, argument: string): Pointee {
  if (texts.includes(given) || words.has(given)) return given as Pointee;
  if (isStruct(given)) return given;
  throw new TypeError(
    `${argument}: expected a type, a struct, "void", "wide-string", "ansi-string" or "function", got ${shapeOf(given)}`,
  );
}
