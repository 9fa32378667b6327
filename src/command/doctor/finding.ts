/** `note`: it works, and somebody may be surprised by it. `problem`: something that this library can do does not work. */
export type FindingState = "ok" | "note" | "problem";

/** What one look at this machine has found. Has no passwords, keys or tickets in it; names of users and servers are. */
export interface Finding {
  readonly check: string;
  readonly state: FindingState;
  /** One line, or several. */
  readonly found: readonly string[];
  /** What to do about it. */
  readonly advice?: string;
}

/** What a check finds; its name is known. */
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

/** A message of several lines: what is wrong first, then what to do, as the errors of this library have it. */
export function problemOf(error: unknown): Found {
  const [first = "", ...rest] = (error instanceof Error ? error.message : String(error)).split("\n");
  return problem([first], rest.length === 0 ? undefined : rest.join("\n"));
}

/** Findings for a terminal. */
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
