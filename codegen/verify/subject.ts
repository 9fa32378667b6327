/** The kinds of names that a header declares, as the lists of absent names group them. */
export const kinds = ["structs", "fields", "constants", "enums", "members", "functions", "callbacks"] as const;
export type Kind = (typeof kinds)[number];

/** Something the metadata says a header declares. */
export interface Subject {
  /** The metadata file it is in, without `.json`. */
  readonly stem: string;
  readonly header: string;
  readonly kind: Kind;
  readonly name: string;
  /** The struct or enum it is part of: absent with it. */
  readonly within?: string;
  /** C that compiles where the name is declared, and only there. */
  readonly presence: string;
  readonly checks: readonly Check[];
}

/**
 * Where a check is compiled: `facts` as the headers are; `types` with `const` taken away, because it says nothing
 * about the ABI and SAL and older headers differ in it; `values` by the optimiser, which sees what no constant
 * expression may look into.
 */
export const units = ["facts", "types", "values"] as const;
export type Unit = (typeof units)[number];

export interface Check {
  /** What the metadata says, in words: `offset 8`. */
  readonly claim: string;
  readonly unit: Unit;
  /** C that compiles where it is true; `@` stands for a number of its own. */
  readonly code: string;
}

export function asserted(claim: string, condition: string, unit: Unit = "facts"): Check {
  return { claim, unit, code: `_Static_assert(${condition}, "");` };
}

/** True at compile time only after inlining: a call that the optimiser does not remove is an error. */
export function folded(claim: string, statements: string, wrong: string): Check {
  return { claim, unit: "values", code: `void check_@(void) { ${statements} if (${wrong}) differs(); }` };
}

export function typeName(name: string): string {
  return `typedef ${name} present_@;`;
}

export function expression(name: string): string {
  return `enum { present_@ = sizeof(${name}) };`;
}
