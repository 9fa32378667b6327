/** The edit distance: how many characters have to be inserted, removed or replaced to turn one text into the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at];
    for (let to = 1; to <= other.length; to += 1) {
      const replaced = (row[to - 1] as number) + (one[at - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[to] as number) + 1, (next[to - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

/** The longest text that is compared: longer texts are not mistyped names, and comparing them is slow. */
const longest = 80;

/**
 * The possible names in this library for a name of the headers, without prefixes of any length: `ISC_REQ_MUTUAL_AUTH`
 * gives `mutualAuth`, among others.
 */
function spellings(given: string): readonly string[] {
  if (!/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(given)) return [given];
  const words = given.toLowerCase().split("_");
  return words.map((_, from) =>
    words
      .slice(from)
      .map((word, index) => (index === 0 ? word : word[0]?.toUpperCase() + word.slice(1)))
      .join(""),
  );
}

/**
 * The allowed name that the caller probably meant by a mistyped name or the headers' spelling; undefined where no name
 * is similar.
 */
export function nearestName(given: string, allowed: readonly string[]): string | undefined {
  if (given.length > longest) return undefined;
  const spelt = spellings(given);
  const exact = spelt.find((name) => allowed.includes(name));
  if (exact !== undefined) return exact;
  const ranked = spelt
    .flatMap((name) => allowed.map((one) => ({ one, away: distance(name.toLowerCase(), one.toLowerCase()) })))
    .sort((a, b) => a.away - b.away);
  const [best] = ranked;
  return best && best.away <= Math.max(1, Math.floor(given.length / 3)) ? best.one : undefined;
}
