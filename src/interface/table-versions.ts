import { hostAbi, pointerSize, type Struct } from "../ctypes/index.ts";

/**
 * The size of a table of this version in bytes. A version is a bit (`SECPKG_INTERFACE_VERSION_2` …); a version newer
 * than the headers has at least the members that the headers know. Without a version, and for a table that never grew,
 * the size is that of all members.
 *
 * @throws RangeError for a version older than the first.
 */
export function tableEnd(type: Struct, version: number | undefined): number {
  const { size, offsets } = type.layouts[hostAbi];
  const ends = type.table?.ends;
  if (!ends || version === undefined) return size;
  const reached = ends.filter((end) => end.version <= version).at(-1);
  if (!reached) {
    const known = ends.map((end) => `0x${end.version.toString(16)}`).join(", ");
    throw new RangeError(`${type.name}: expected an interface version (${known}), got 0x${version.toString(16)}`);
  }
  return (offsets as Record<string, number>)[reached.last]! + pointerSize(hostAbi);
}

/**
 * Whether the headers define the size of a table of this version. If not, the position of a second table after it is
 * unknown.
 */
export function isKnownVersion(type: Struct, version: number): boolean {
  return type.table?.ends.some((end) => end.version === version) ?? false;
}

/** The oldest version whose table has all of these members. */
export function versionWith(type: Struct, members: readonly string[]): number {
  const offsets = type.layouts[hostAbi].offsets as Record<string, number>;
  const last = Math.max(...members.map((member) => offsets[member] ?? 0));
  const found = type.table?.ends.find((end) => offsets[end.last]! >= last);
  if (!found) throw new RangeError(`${type.name}: no version has all of ${members.join(", ")}`);
  return found.version;
}
