import { wineDrive as drive } from "../../scripts/windows/wine.ts";

/** Replaces every string in a message, keys too; values that are no plain data stay unchanged. */
export function mapStrings(value: unknown, map: (text: string) => string, seen = new Map<unknown, unknown>()): unknown {
  if (typeof value === "string") return map(value);
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  const known = seen.get(value);
  if (known) return known;
  const inside = (part: unknown): unknown => mapStrings(part, map, seen);
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    seen.set(value, list);
    for (const entry of value) list.push(inside(entry));
    return list;
  }
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    seen.set(value, copy);
    for (const [key, entry] of value) copy.set(inside(key), inside(entry));
    return copy;
  }
  if (value instanceof Set) return new Set([...value].map(inside));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy: Record<string, unknown> = {};
  seen.set(value, copy);
  for (const [key, entry] of Object.entries(value)) copy[map(key)] = inside(entry);
  return copy;
}

/** Converts the paths of some folders between this system and Wine. */
export class WindowsPaths {
  readonly #here: RegExp;
  readonly #there: RegExp;

  constructor(folders: readonly string[]) {
    const escaped = [...new Set(folders)].map((folder) => folder.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const backslashed = escaped.map((folder) => folder.replaceAll("/", String.raw`\\`));
    this.#here = new RegExp(`(file://|/@fs)?(?<!${drive})(${escaped.join("|")})(?=[/\\\\]|$)`, "gm");
    this.#there = new RegExp(`(file:///|/@fs/)?${drive}(${[...escaped, ...backslashed].join("|")})([^\\s:)"']*)`, "g");
  }

  /** Also converts paths that begin with `/@fs`, under which Vite serves files outside of the project. */
  toWindows(text: string): string {
    return text.replace(this.#here, (_all, before: string | undefined, folder: string) =>
      before ? `${before}/${drive}${folder}` : `${drive}${folder}`,
    );
  }

  toHost(text: string): string {
    return text.replace(this.#there, (_all, before: string | undefined, folder: string, rest: string) =>
      `${before?.slice(0, -1) ?? ""}${folder}${rest}`.replaceAll("\\", "/"),
    );
  }
}
