import type { Struct } from "../../src/ctypes/index.ts";

/** The structs for which a check throws, each with its error: one test lists all of them. */
export function offenders(structs: readonly Struct[], check: (struct: Struct) => void): string[] {
  return structs.flatMap((struct) => {
    try {
      check(struct);
      return [];
    } catch (error) {
      return [`${struct.name}: ${String(error)}`];
    }
  });
}
