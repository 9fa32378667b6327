/** One file of C, made of pieces that stand each for something to find out. */
export interface Source {
  readonly text: string;
  /** The piece that a line of the compiler's messages means. */
  pieceAt(line: number): number | undefined;
}

/** What messages call the part below the prelude. */
export const sourceName = "metadata";

/** `@` in a piece becomes its number, so that no two declare the same name. */
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
