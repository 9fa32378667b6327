import { createRequire } from "node:module";
import type * as Koffi from "koffi";
import { NativeModuleError } from "./native-module-error.ts";

// Tools that trace a program's dependencies only recognise this form, outside of functions. A CommonJS bundle lacks
// `import.meta.url` and has `__filename` instead.
const require = /* @__PURE__ */ createRequire(import.meta.url ?? __filename);

let loaded: typeof Koffi | undefined;

/**
 * Returns koffi, and loads it at the first native call, because importing this package must load nothing native.
 *
 * @throws NativeModuleError where koffi is not installed, is for another system, or is not allowed to be loaded
 */
export function koffi(): typeof Koffi {
  loaded ??= configured(load());
  return loaded;
}

function load(): typeof Koffi {
  let module: Partial<typeof Koffi>;
  try {
    module = require("koffi") as typeof Koffi;
  } catch (cause) {
    throw new NativeModuleError(cause, process);
  }
  // A bundler that split koffi may return another module under this name.
  if (typeof module.load === "function") return module as typeof Koffi;
  throw new NativeModuleError(new Error("what was loaded as koffi is not koffi"), process);
}

/**
 * Enlarges the stacks on which koffi makes calls off the event loop. The default of 128 KiB is too small for a security
 * package that asks a resolver and a domain controller.
 */
function configured(module: typeof Koffi): typeof Koffi {
  try {
    module.config({ async_stack_size: 1 << 20 });
  } catch {
    // The process used koffi before this package; its settings remain.
  }
  return module;
}

/** A C function that can be called; addresses and handles go in as Numbers or BigInts. */
export interface NativeFunction {
  (...args: readonly (number | bigint)[]): number | bigint;
  async(...args: readonly unknown[]): void;
}
