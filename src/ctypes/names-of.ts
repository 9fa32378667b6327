/**
 * The names of a number in a table: an enum, a flag group, a status catalogue, or all of `sspi-ffi/raw` with a
 * `prefix` such as `"SECBUFFER_"`. Headers give several names to one number, so it is a list; none is an empty one.
 */
export function namesOf(table: object, value: number | bigint, prefix = ""): readonly string[] {
  return Object.entries(table)
    .filter(([name, entry]) => name.startsWith(prefix) && numberOf(entry) === value)
    .map(([name]) => name);
}

/** A constant is its number, an entry of a catalogue has it as `value`. */
function numberOf(entry: unknown): unknown {
  return typeof entry === "object" && entry !== null && "value" in entry ? entry.value : entry;
}
