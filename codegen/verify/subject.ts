/** The kinds of names that a header declares, as the lists of absent names group them. */
export const kinds = ["structs", "fields", "constants", "enums", "members", "functions", "callbacks"] as const;
export type Kind = (typeof kinds)[number];

/** A name that a header declares according to the metadata. */
export interface Subject {
  /** The metadata file of the name, without `.json`. */
  readonly stem: string;
  readonly header: string;
  readonly kind: Kind;
  readonly name: string;
  /** The struct or enum that contains the name; without it the name is absent too. */
  readonly within?: string;
  /** C code that compiles only if the name is declared. */
  readonly presence: string;
  readonly checks: readonly Check[];
}

/**
 * How a check is compiled: `facts` with the headers unchanged; `types` without `const`, because it does not affect the
 * ABI, and SAL and older headers disagree about it; `values` with the optimiser, which sees values that no constant
 * expression may read.
 */
export const units = ["facts", "types", "values"] as const;
export type Unit = (typeof units)[number];

export interface Check {
  /** The claim of the metadata, in words: `offset 8`. */
  readonly claim: string;
  readonly unit: Unit;
  /** C code that compiles only if the claim is true; `@` stands for a unique number. */
  readonly code: string;
}

export function asserted(claim: string, condition: string, unit: Unit = "facts"): Check {
  return { claim, unit, code: `_Static_assert(${condition}, "");` };
}

/**
 * Makes a check that is decided only after inlining: if it is wrong, a call remains that the optimiser cannot remove,
 * which is an error.
 */
export function folded(claim: string, statements: string, wrong: string): Check {
  return { claim, unit: "values", code: `void check_@(void) { ${statements} if (${wrong}) differs(); }` };
}

export function typeName(name: string): string {
  return `typedef ${name} present_@;`;
}

export function expression(name: string): string {
  return `enum { present_@ = sizeof(${name}) };`;
}
