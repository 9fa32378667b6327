import fs from "node:fs";
import path from "node:path";

/** File contents by file name. */
export type Files = Map<string, string>;

export function writeAll(folder: string, files: Files): void {
  for (const [name, text] of files) {
    const target = path.join(folder, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }
}
