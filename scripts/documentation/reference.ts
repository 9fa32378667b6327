import type { Door, PublicExport, PublicMember } from "./public-members.ts";

/** A page of the reference, by its path from the project's root. */
export type Pages = ReadonlyMap<string, string>;

const folder = "docs/reference";
/**
 * Except for its own exports, this entry point has the headers' names and values, which are explained at their
 * declarations.
 */
const raw = "sspi-ffi/raw";

const pageOf = ({ specifier }: Door): string => `${specifier.replaceAll("/", "-")}.md`;
/** Escapes text for a table's cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** Returns the docstrings as pages that can be read without a tool. */
export function referencePages(doors: readonly Door[]): Pages {
  const pages = new Map([[`${folder}.md`, index(doors)]]);
  for (const door of doors) pages.set(`${folder}/${pageOf(door)}`, door.specifier === raw ? rawPage(door) : page(door));
  return pages;
}

function index(doors: readonly Door[]): string {
  const rows = doors.map((door) => `| [${code(door.specifier)}](reference/${pageOf(door)}) | ${cell(door.text)} |`);
  return `# Reference

What each entry point exports: classes, functions, every option and every result, as the docstrings say it, which your editor
shows too. \`npm run docs:reference\` writes these pages; \`npm run docs\` makes a site of them, with signatures.

| entry point | what it is |
|---|---|
${rows.join("\n")}
`;
}

const sections: readonly { readonly title: string; readonly kinds: readonly PublicExport["kind"][] }[] = [
  { title: "Classes", kinds: ["class"] },
  { title: "Functions and values", kinds: ["function", "value"] },
  { title: "Options and results", kinds: ["options", "type"] },
];

function page(door: Door): string {
  const parts = sections.flatMap(({ title, kinds }) => {
    const found = door.exports.filter(({ kind }) => kinds.includes(kind)).sort(byName);
    return found.length === 0 ? [] : [`## ${title}\n`, ...found.map(entry)];
  });
  return `# ${door.specifier}\n\n${door.text}\n\n${parts.join("\n")}`;
}

const byName = (a: PublicExport, b: PublicExport): number => (a.name < b.name ? -1 : 1);

function entry({ name, text, type, members, bases }: PublicExport): string {
  const alias = type !== "" && members.length === 0 ? `\n${short(type)}\n` : "";
  const besides = bases.length === 0 ? "" : `\nHas the members of ${bases.map(code).join(", ")} too.\n`;
  return `### ${name}\n\n${text.replaceAll("<", "&lt;")}\n${alias}${besides}${members.length === 0 ? "" : `\n${table(name, members)}\n`}`;
}

/** Leaves out a type that is longer than a line; the editor or the site shows it. */
function short(type: string): string {
  return type.length <= 300 ? `\`${type}\`` : "";
}

function table(of: string, members: readonly PublicMember[]): string {
  const rows = members.map(({ name, text, type, optional }) => {
    const written = type === "" || type.length > 80 ? "" : code(type);
    return `| ${code(name.slice(of.length + 1) + (optional ? "?" : ""))} | ${written} | ${cell(text)} |`;
  });
  return ["| member | type | what it is |", "|---|---|---|", ...rows].join("\n");
}

function rawPage(door: Door): string {
  const rows = new Map<string, string[]>();
  for (const { name, text, place } of [...door.exports].sort(byName)) {
    const [, header] = /^generated\/(\w+)\/raw/.exec(place) ?? [];
    if (header !== undefined) rows.set(header, [...(rows.get(header) ?? []), `| ${code(name)} | ${cell(text)} |`]);
  }
  const own = door.exports.filter(({ place, text }) => place.startsWith("src/") && text !== "").sort(byName);
  const tables = [...rows].map(
    ([header, all]) => `## ${header}.h\n\n| function | what it does |\n|---|---|\n${all.join("\n")}\n`,
  );
  return `# ${door.specifier}

${door.text} Structs, constants and callbacks have the names of the headers too.

## Words of this library

${own.map(entry).join("\n")}
${tables.join("\n")}`;
}
