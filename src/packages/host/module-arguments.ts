import { SECPKG_FUNCTION_TABLE, SECPKG_USER_FUNCTION_TABLE } from "../../../generated/ntsecpkg/structs.ts";
import { hostAbi, pointerSize, type Struct } from "../../ctypes/index.ts";
import { checkText, highestAddress, type OptionNames, readOptions } from "../../values/index.ts";
import type { EntryPoints, ModuleOptions } from "./package-module.ts";

/**
 * Checks the pointers, because a call through 0 or a non-address would end the process.
 *
 * @throws TypeError or RangeError
 */
export function checkEntryPoints(module: EntryPoints): EntryPoints {
  if (typeof module !== "object" || module === null)
    throw new TypeError(`module: expected { name, SpLsaModeInitialize, … }, got ${shown(module)}`);
  const { name, SpLsaModeInitialize, SpUserModeInitialize, explain: told } = module;
  checkText(name, "module.name", { empty: false });
  checkPointer(SpLsaModeInitialize, "module.SpLsaModeInitialize");
  if (SpUserModeInitialize !== undefined) checkPointer(SpUserModeInitialize, "module.SpUserModeInitialize");
  if (told !== undefined && typeof told !== "function")
    throw new TypeError(`module.explain: expected a function, got ${shown(told)}`);
  const explain = told?.bind(module);
  return { name, SpLsaModeInitialize, SpUserModeInitialize, ...(explain && { explain }) };
}

function checkPointer(value: unknown, name: string): void {
  if (typeof value !== "bigint")
    throw new TypeError(`${name}: expected a function pointer (a bigint), got ${shown(value)}`);
  if (value <= 0n || value > highestAddress) throw new RangeError(`${name}: expected a function pointer, got ${value}`);
}

const switches = ["grownStructs", "initializePackage", "splitsMessages", "nullInput"] as const;

const moduleNames: OptionNames<ModuleOptions> = {
  tableSize: true,
  userTableSize: true,
  grownStructs: true,
  initializePackage: true,
  splitsMessages: true,
  nullInput: true,
};

/** Returns a checked copy. @throws TypeError or RangeError naming the option that is wrong. */
export function readModuleOptions(given: ModuleOptions): ModuleOptions {
  const options = readOptions<ModuleOptions>(given, "options", moduleNames);
  for (const name of switches) {
    const given: unknown = options[name];
    if (given !== undefined && typeof given !== "boolean")
      throw new TypeError(`${name}: expected a boolean, got ${typeof given}`);
  }
  checkSize(options.tableSize, "tableSize", SECPKG_FUNCTION_TABLE as Struct);
  checkSize(options.userTableSize, "userTableSize", SECPKG_USER_FUNCTION_TABLE as Struct);
  return options;
}

/** The tables of newer packages may be longer than those of the headers, but at most by this factor. */
const atMost = 4;

function checkSize(size: unknown, name: string, type: Struct): void {
  if (size === undefined) return;
  const [pointer, most] = [pointerSize(hostAbi), type.layouts[hostAbi].size * atMost];
  if (typeof size !== "number") throw new TypeError(`${name}: expected a number of bytes, got ${typeof size}`);
  if (!Number.isInteger(size) || size < pointer || size > most || size % pointer !== 0)
    throw new RangeError(`${name}: expected whole pointers of ${pointer} bytes, at most ${most} bytes, got ${size}`);
}

function shown(value: unknown): string {
  return value === null ? "null" : typeof value;
}
