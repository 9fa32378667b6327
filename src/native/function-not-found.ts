import type { FunctionDeclaration } from "../ctypes/index.ts";

/** A function of the headers that this machine does not have, and that returns no status to say so. */
export class FunctionNotFoundError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
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
