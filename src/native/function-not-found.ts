import type { FunctionDeclaration } from "../ctypes/index.ts";

/** This machine does not have a function of the headers, and the function returns no status that could report this. */
export class FunctionNotFoundError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_FUNCTION_NOT_FOUND";

  constructor({ name, libraries }: FunctionDeclaration) {
    const hint = process.platform === "win32" || libraries.length === 0 ? "" : ", which is a part of Windows";
    const lacking =
      libraries.length === 0
        ? "the SSPI library of this machine does not have"
        : `neither the SSPI library of this machine nor ${libraries.join(" or ")} has`;
    super(`${name}: ${lacking} this function${hint}`);
    this.name = "FunctionNotFoundError";
  }
}
