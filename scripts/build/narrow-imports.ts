import { join, sep } from "node:path";
import type { Plugin } from "esbuild";
import { ts } from "ts-morph";
import { builtinLoader, builtinPrefix, type Edit, lazyBuiltins } from "./lazy-builtins.ts";
import {
  type Definition,
  definitionOf,
  fileOf,
  identifiersIn,
  isExported,
  membersOf,
  moduleFacts,
  neededBy,
} from "./module-facts.ts";

/** Comes after a file's path where one of its declarations is meant. */
const declarationQuery = "?declaration=";
/** Comes after a file's path where some of its names are meant, as an object. */
const namesQuery = "?names=";

/** Comes after an entry point's path where its code is to be in the same chunks. */
const alongQuery = "?along=";

/**
 * Makes each import lead straight to the file that defines the name, and into a generated file to the declaration alone.
 * esbuild puts whole files into chunks, by who imports them: without this, one constant brings its whole header along.
 */
export function narrowImports(root: string, files: readonly string[], entries: readonly string[]): Plugin {
  const modules = new NarrowModules(join(root, "generated") + sep, files, entries);
  return {
    name: "narrow-imports",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\?(?:declaration|names|along)=/ }, ({ path }) => {
        const [file, query] = path.split("?") as [string, string];
        // Without a side effect, a file that only passes names on does not count for the chunks.
        return { path: file, suffix: `?${query}`, sideEffects: !query.startsWith("declaration") };
      });
      onResolve({ filter: /^builtin:/ }, ({ path }) => ({ path, namespace: "builtin", sideEffects: false }));
      onLoad({ filter: /^builtin:/, namespace: "builtin" }, ({ path }) => ({
        contents: builtinLoader(path.slice(builtinPrefix.length)),
      }));
      onLoad({ filter: /\.ts$/ }, ({ path, suffix }) => ({ contents: modules.contents(path, suffix), loader: "ts" }));
    },
  };
}

class NarrowModules {
  readonly #generated: string;
  /** By generated file: the declarations that somebody imports by name, and what these use. */
  readonly #apart = new Map<string, Set<string>>();

  readonly #main: string;
  /** The entry points that need nearly all of the first one: they take all of it, so that it is in few chunks. */
  readonly #alongside: ReadonlySet<string>;

  constructor(generated: string, files: readonly string[], [main = "", ...others]: readonly string[]) {
    this.#generated = generated;
    this.#main = main;
    const wanted = [...neededBy(main)];
    const share = (entry: string): number => {
      const needed = neededBy(entry);
      return wanted.filter((file) => needed.has(file)).length / wanted.length;
    };
    this.#alongside = new Set(others.filter((entry) => share(entry) > 0.9));
    for (const file of files) for (const statement of moduleFacts(file).statements) this.#narrowed(file, statement);
  }

  /** Returns what esbuild compiles in place of a file. Its lines are those of the file. */
  contents(file: string, suffix: string): string {
    if (suffix === alongQuery) return `export * from ${JSON.stringify(file)};`;
    if (suffix.startsWith(namesQuery)) return this.#names(file, suffix.slice(namesQuery.length).split(","));
    if (suffix !== "") return this.#declaration(file, suffix.slice(declarationQuery.length));
    const { declarations, statements } = moduleFacts(file);
    const apart = [...(this.#apart.get(file) ?? [])];
    const moved = new Set(apart.map((name) => declarations.get(name)));
    const used = new Set(statements.flatMap((one) => (moved.has(one) ? [] : [...identifiersIn(one)])));
    const links = apart.flatMap((name) => [
      ...(isExported(declarations.get(name)) ? [`export { ${name} } from ${this.#source({ file, name })};`] : []),
      ...(used.has(name) ? [`import { ${name} } from ${this.#source({ file, name })};`] : []),
    ]);
    const narrowed = replaced(file, (one) => (moved.has(one) ? "" : this.#narrowed(file, one)));
    if (this.#alongside.has(file)) links.push(`import ${JSON.stringify(this.#main + alongQuery)};`);
    return [edited(file, [...narrowed, ...lazyBuiltins(file)]), ...links].join("\n");
  }

  #names(file: string, names: readonly string[]): string {
    return names
      .map((name) => `export { ${name} } from ${this.#source(definitionOf(file, name) ?? { file, name })};`)
      .join("\n");
  }

  #declaration(file: string, name: string): string {
    const { declarations } = moduleFacts(file);
    const kept = declarations.get(name);
    if (!kept) throw new Error(`${file} declares no ${name}`);
    const used = identifiersIn(kept);
    const neighbours = [...declarations.keys()].filter((other) => other !== name && used.has(other));
    const links = neighbours.map((other) => `import { ${other} } from ${this.#source({ file, name: other })};`);
    if (!isExported(kept)) links.push(`export { ${name} };`);
    const others = replaced(file, (one) => {
      if (one === kept) return undefined;
      return ts.isImportDeclaration(one) ? this.#narrowed(file, one, used) : "";
    });
    return [edited(file, others), ...links].join("\n");
  }

  /** Returns an import or a re-export in a narrow form, of the used names alone; undefined if it stays as it is. */
  #narrowed(file: string, statement: ts.Statement, used?: ReadonlySet<string>): string | undefined {
    if (ts.isExportDeclaration(statement)) return this.#narrowedExport(file, statement);
    if (!ts.isImportDeclaration(statement) || !statement.importClause || statement.importClause.isTypeOnly) return;
    const from = fileOf(file, statement.moduleSpecifier);
    const bindings = statement.importClause.namedBindings;
    if (!from || !bindings) return undefined;
    if (ts.isNamespaceImport(bindings)) return this.#namespace(file, from, bindings.name.text, used);
    const names = bindings.elements.filter((one) => !one.isTypeOnly && (used?.has(one.name.text) ?? true));
    return names.map((name) => `import ${this.#link(from, name)}`).join(" ");
  }

  #narrowedExport(file: string, statement: ts.ExportDeclaration): string | undefined {
    const { moduleSpecifier, exportClause, isTypeOnly } = statement;
    const from = fileOf(file, moduleSpecifier);
    if (!from || isTypeOnly || !exportClause || !ts.isNamedExports(exportClause)) return undefined;
    const names = exportClause.elements.filter((one) => !one.isTypeOnly);
    return names.map((name) => `export ${this.#link(from, name)}`).join(" ");
  }

  /** `import * as name` becomes an object of the members that the file uses, unless it uses the object itself. */
  #namespace(file: string, from: string, name: string, used?: ReadonlySet<string>): string | undefined {
    if (used && !used.has(name)) return "";
    const members = membersOf(file, name);
    if (!members) return undefined;
    for (const member of members) this.#source(definitionOf(from, member) ?? { file: from, name: member });
    return `import * as ${name} from ${JSON.stringify(`${from}${namesQuery}${[...members].join(",")}`)};`;
  }

  #link(from: string, { name, propertyName }: ts.ImportSpecifier | ts.ExportSpecifier): string {
    const imported = (propertyName ?? name).text;
    const definition = definitionOf(from, imported) ?? { file: from, name: imported };
    return `{ ${definition.name} as ${name.text} } from ${this.#source(definition)};`;
  }

  /** Returns the specifier of what defines a name; a declaration of a generated file is from then on apart. */
  #source({ file, name }: Definition): string {
    const { declarations } = moduleFacts(file);
    const declaration = declarations.get(name);
    if (!declaration || !file.startsWith(this.#generated)) return JSON.stringify(file);
    const apart = this.#apart.get(file) ?? new Set();
    this.#apart.set(file, apart);
    if (!apart.has(name)) {
      apart.add(name);
      for (const other of identifiersIn(declaration)) if (declarations.has(other)) this.#source({ file, name: other });
    }
    return JSON.stringify(file + declarationQuery + name);
  }
}

/** Returns the edits that put other statements in place of some of a file's. */
function replaced(file: string, replacement: (one: ts.Statement) => string | undefined): readonly Edit[] {
  return moduleFacts(file).statements.flatMap((statement) => {
    const text = replacement(statement);
    return text === undefined ? [] : [{ start: statement.pos, end: statement.end, text }];
  });
}

/** Returns a file's text after edits, on the same lines as before. */
function edited(file: string, edits: readonly Edit[]): string {
  const { text } = moduleFacts(file);
  let result = text;
  for (const { start, end, text: instead } of [...edits].sort((a, b) => b.start - a.start)) {
    const lines = text.slice(start, end).split("\n").length - 1;
    result = `${text.slice(0, start)}${"\n".repeat(lines)}${instead}${result.slice(end)}`;
  }
  return result;
}
