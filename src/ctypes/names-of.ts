/**
 * The names of a number in a table: an enum, a flag group, a status catalogue, or all of `sspi-ffi/raw` with a `prefix`
 * such as `"SECBUFFER_"`. The result is a list, because headers give several names to one number; it is empty for a
 * number without a name.
 */
export function namesOf(table: object, value: number | bigint, prefix = ""): readonly string[] {
  return Object.entries(table)
    .filter(([name, entry]) => name.startsWith(prefix) && numberOf(entry) === value)
    .map(([name]) => name);
}

/** The number of an entry: a constant is a number itself, and an entry of a catalogue has its number in `value`. */
function numberOf(entry: unknown): unknown {
  return typeof entry === "object" && entry !== null && "value" in entry ? entry.value : entry;
}
