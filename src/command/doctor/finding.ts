/** `note`: it works, but may surprise somebody. `problem`: something that this library can do does not work. */
export type FindingState = "ok" | "note" | "problem";

/** The result of one check of this machine. Contains no passwords, keys or tickets, but names of users and servers. */
export interface Finding {
  readonly check: string;
  readonly state: FindingState;
  /** One line, or several. */
  readonly found: readonly string[];
  /** The advice for the user. */
  readonly advice?: string;
}

/** The result of a check without the check's name. */
export type Found = Omit<Finding, "check">;

export function ok(...found: readonly string[]): Found {
  return { state: "ok", found };
}

export function note(found: readonly string[], advice?: string): Found {
  return { state: "note", found, ...(advice !== undefined && { advice }) };
}

export function problem(found: readonly string[], advice?: string): Found {
  return { state: "problem", found, ...(advice !== undefined && { advice }) };
}

/**
 * Makes a finding of a multi-line error message: the problem in the first line, then the advice, as in this library's
 * errors.
 */
export function problemOf(error: unknown): Found {
  const [first = "", ...rest] = (error instanceof Error ? error.message : String(error)).split("\n");
  return problem([first], rest.length === 0 ? undefined : rest.join("\n"));
}

/** Formats findings for a terminal. */
export function findingLines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length)) + 2;
  return findings.flatMap(({ check, state, found, advice }) => {
    const told = [
      ...found,
      ...(advice?.split("\n").map((line, index) => `${index === 0 ? "-> " : "   "}${line}`) ?? []),
    ];
    return told.map(
      (line, index) => (index === 0 ? `${state.padEnd(9)}${check.padEnd(width)}` : " ".repeat(9 + width)) + line,
    );
  });
}
