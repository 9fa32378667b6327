import { z } from "zod";
import { type Kind, kinds, type Subject } from "./subject.ts";

const names = z.array(z.string()).optional();
/** A declaration that is wrong or older in these headers: one claim of the metadata, word for word. */
const difference = z.strictObject({ name: z.string(), says: z.string(), why: z.string().min(1) });

/** One file of a list: the names of one metadata file that a set of headers lacks. */
const absentSchema = z.strictObject({
  why: z.string().min(1),
  differs: z.array(difference).optional(),
  ...(Object.fromEntries(kinds.map((kind) => [kind, names])) as Record<Kind, typeof names>),
});
export type AbsentFile = z.output<typeof absentSchema>;

/** The names that headers may lack, by metadata file. */
export type AbsentList = ReadonlyMap<string, AbsentFile>;

export function parseAbsent(file: string, text: string): AbsentFile {
  const parsed = absentSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
}

export function isListed(list: AbsentList, { stem, kind, name }: Subject): boolean {
  return list.get(stem)?.[kind]?.includes(name) ?? false;
}

export function isExcused(list: AbsentList, { stem, name }: Subject, claim: string): boolean {
  return list.get(stem)?.differs?.some((entry) => entry.name === name && entry.says === claim) ?? false;
}

/** Returns names of the list that the metadata does not contain. */
export function strays(list: AbsentList, subjects: readonly Subject[]): string[] {
  const known = new Set(subjects.map(({ stem, kind, name }) => `${stem} ${kind} ${name}`));
  return [...list].flatMap(([stem, file]) =>
    kinds.flatMap((kind) =>
      (file[kind] ?? [])
        .filter((name) => !known.has(`${stem} ${kind} ${name}`))
        .map((name) => `${stem}.json: ${name}: is listed as absent among ${kind}, but the metadata has no such name`),
    ),
  );
}

/** Returns the correct list; hand-written reasons and differences are kept. */
export function listOf(absent: readonly Subject[], before: AbsentList): Map<string, AbsentFile> {
  const differing = [...before].filter(([, { differs }]) => differs !== undefined).map(([stem]) => stem);
  const files = new Map<string, AbsentFile>();
  for (const stem of [...new Set([...absent.map((subject) => subject.stem), ...differing])].sort()) {
    const { why = "These headers are older than the metadata.", differs } = before.get(stem) ?? {};
    const ours = absent.filter((subject) => subject.stem === stem);
    const grouped = kinds.flatMap((kind): [Kind, string[]][] => {
      const list = [...new Set(ours.filter((subject) => subject.kind === kind).map(({ name }) => name))].sort();
      return list.length === 0 ? [] : [[kind, list]];
    });
    files.set(stem, { why, ...(differs === undefined ? {} : { differs }), ...Object.fromEntries(grouped) });
  }
  return files;
}
