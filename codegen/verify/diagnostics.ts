import { type Source, sourceName } from "./source.ts";

export interface Diagnosis {
  /** The compiler's message for each piece that it refused. */
  readonly refused: ReadonlyMap<number, string>;
  /** Errors that belong to no piece: the headers themselves do not compile. */
  readonly others: readonly string[];
}

const error = /^(.+?):(\d+):(?:\d+:)? (?:fatal )?error: (.+?)(?: \[-W[^\]]+\])?$/;

/** Reads the errors of gcc or clang; the first error of a piece is kept. */
export function diagnose(messages: string, { pieceAt }: Source): Diagnosis {
  const refused = new Map<number, string>();
  const others: string[] = [];
  for (const line of messages.split(/\r?\n/)) {
    const [, file, number, text = ""] = error.exec(line) ?? [];
    if (file === undefined) continue;
    const piece = file === sourceName ? pieceAt(Number(number)) : undefined;
    if (piece === undefined) others.push(line);
    else if (!refused.has(piece)) refused.set(piece, text.replaceAll(/[‘’]/g, "'"));
  }
  return { refused, others };
}
