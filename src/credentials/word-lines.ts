/** Wraps words into as few lines as a width allows, for a terminal; no word is broken. */
export function wordLines(words: string, width: number): string[] {
  const all: string[] = [];
  for (const word of words.split(" ")) {
    const last = all.at(-1);
    if (last === undefined || last.length + word.length + 1 > width) all.push(word);
    else all[all.length - 1] = `${last} ${word}`;
  }
  return all;
}
