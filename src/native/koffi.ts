import { createRequire } from "node:module";
import type * as Koffi from "koffi";
import { NativeModuleError } from "./native-module-error.ts";

// Of this form, and outside of functions, because programs that trace what a program needs know it then. A bundle in
// CommonJS lacks `import.meta.url`, and has the name of its file instead.
const require = /* @__PURE__ */ createRequire(import.meta.url ?? __filename);

let loaded: typeof Koffi | undefined;

/**
 * koffi, loaded when the first native call is made: importing this package must cost nothing native.
 *
 * @throws NativeModuleError where it is not installed, is of another system, or may not be loaded
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
  // A bundler that took it apart gives something of this name.
  if (typeof module.load === "function") return module as typeof Koffi;
  throw new NativeModuleError(new Error("what was loaded as koffi is not koffi"), process);
}

/**
 * A call off the event loop runs on a stack of koffi's: 128 KiB by default, too little for a security
 * package that asks a resolver and a domain controller.
 */
function configured(module: typeof Koffi): typeof Koffi {
  try {
    module.config({ async_stack_size: 1 << 20 });
  } catch {
    // The process has used koffi before us; its settings stand.
  }
  return module;
}

/** A C function that can be called; addresses and handles go in as Numbers or BigInts. */
export interface NativeFunction {
  (...args: readonly (number | bigint)[]): number | bigint;
  async(...args: readonly unknown[]): void;
}
