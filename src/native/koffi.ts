import { createRequire } from "node:module";
import type * as Koffi from "koffi";

let loaded: typeof Koffi | undefined;

/** koffi, loaded when the first native call is made: importing this package must cost nothing native. */
export function koffi(): typeof Koffi {
  loaded ??= configured(createRequire(import.meta.url)("koffi") as typeof Koffi);
  return loaded;
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
