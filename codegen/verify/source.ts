/** One C file, made of pieces that each check one thing. */
export interface Source {
  readonly text: string;
  /** Returns the piece that a line of the compiler's messages refers to. */
  pieceAt(line: number): number | undefined;
}

/** The file name that messages give to the part after the prelude. */
export const sourceName = "metadata";

/** Joins pieces into a source. `@` in a piece becomes its number, so that no two pieces declare the same name. */
export function sourceOf(prelude: string, pieces: readonly string[]): Source {
  const starts: number[] = [];
  let line = 1;
  const texts = pieces.map((piece, index) => {
    starts.push(line);
    line += piece.split("\n").length;
    return piece.replaceAll("@", String(index));
  });
  const text = `${prelude}\n# 1 "${sourceName}"\n${texts.join("\n")}\n`;
  const pieceAt = (wanted: number): number | undefined => {
    const index = starts.findLastIndex((start) => start <= wanted);
    return wanted < line && index >= 0 ? index : undefined;
  };
  return { text, pieceAt };
}
