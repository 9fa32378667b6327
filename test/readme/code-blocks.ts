import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../architecture/source-files.ts";

export interface CodeBlock {
  /** The page's path, relative to the project's root. */
  readonly file: string;
  /** The text after the opening fence, such as `ts run`. */
  readonly kind: string;
  readonly text: string;
  /** The block's line in the file, for the title of a test. */
  readonly line: number;
  /** The text of the `output` block that follows it, if any. */
  readonly output?: string;
}

/** The fenced blocks of a Markdown file of the project. */
export function codeBlocks(file: string): CodeBlock[] {
  const text = readFileSync(join(root, file), "utf8");
  const blocks = [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map((match) => ({
    file,
    kind: match[1] ?? "",
    text: match[2] ?? "",
    line: text.slice(0, match.index).split("\n").length,
  }));
  return blocks.map((block, index) => {
    const next = blocks[index + 1];
    return next?.kind === "output" ? { ...block, output: next.text } : block;
  });
}
