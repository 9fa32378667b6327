import path from "node:path/posix";
import {
  type ImportDeclarationStructure,
  Project,
  type StatementStructures,
  StructureKind,
  VariableDeclarationKind,
} from "ts-morph";
import { escapeComment } from "./docs.ts";

/** A generated file as text, before formatting. */
export interface Artefact {
  readonly path: string;
  readonly text: string;
}

/** Where generated code belongs, and where it imports other code from. */
export type Surroundings = Inside | Outside;

/** Code of this library: paths from the generated folder to hand-written modules. */
export interface Inside {
  readonly ctypes: string;
  readonly callable: string;
}

/** Code of another program: everything that its own metadata does not declare comes from one module. */
export interface Outside {
  readonly module: string;
  /** The stems of the program's own metadata files. */
  readonly stems: ReadonlySet<string>;
  /** The extension in imports of other generated files. */
  readonly extension: ".js" | ".ts";
}

/** The name of that module in a program's generated code; a namespace prevents clashes with the program's own names. */
export const namespace = "ffi";

/** Shared, because making a project takes longer than writing a file with it; it only writes text. */
const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });

/** A TypeScript file under construction, which records its imports from other generated files and from ctypes. */
export class GeneratedFile {
  readonly #path: string;
  readonly #sources: readonly string[];
  readonly #surroundings: Surroundings;
  readonly #imports = new Map<string, Map<string, boolean>>();
  readonly statements: (string | StatementStructures)[] = [];

  constructor(path: string, sources: readonly string[], surroundings: Surroundings) {
    this.#path = path;
    this.#sources = sources;
    this.#surroundings = surroundings;
  }

  get path(): string {
    return this.#path;
  }

  /** Imports a word of ctypes and returns it. */
  word(name: string): string {
    return this.#import("ctypes", name, false);
  }

  wordType(name: string): string {
    return this.#import("ctypes", name, true);
  }

  /** Imports a value of another generated file and returns its name; imports nothing from the file itself. */
  use(from: string, name: string): string {
    return from === this.#path ? name : this.#import(from, name, false);
  }

  useType(from: string, name: string): string {
    return from === this.#path ? name : this.#import(from, name, true);
  }

  #import(from: string, name: string, typeOnly: boolean): string {
    if ("module" in this.#surroundings && !this.#surroundings.stems.has(from.split("/")[0] ?? "")) {
      this.#imports.set(this.#surroundings.module, new Map([[`* as ${namespace}`, false]]));
      return `${namespace}.${name}`;
    }
    const names = this.#imports.get(from) ?? new Map<string, boolean>();
    names.set(name, typeOnly && (names.get(name) ?? true));
    this.#imports.set(from, names);
    return name;
  }

  render(): Artefact {
    const imports = [...this.#imports].map(([from, names]): ImportDeclarationStructure => {
      const all = [...names];
      const typeOnly = all.every(([, type]) => type);
      return {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: this.#specifier(from),
        isTypeOnly: typeOnly,
        ...(all.length === 1 && all[0]?.[0].startsWith("* as ")
          ? { namespaceImport: all[0][0].slice(5) }
          : { namedImports: all.map(([name, type]) => ({ name, isTypeOnly: type && !typeOnly })) }),
      };
    });
    const file = project.createSourceFile(
      this.#path,
      { statements: [...imports, ...this.statements] },
      { overwrite: true },
    );
    if ("module" in this.#surroundings) file.formatText({ indentSize: 2 });
    const text = `// ${banner(this.#sources, this.#surroundings)}\n${file.getFullText()}`;
    project.removeSourceFile(file);
    return { path: this.#path, text };
  }

  #specifier(from: string): string {
    const target = this.#target(from);
    if (target === undefined) return from;
    const relative = path.relative(path.join(deepRoot, path.dirname(this.#path)), path.join(deepRoot, target));
    return relative.startsWith(".") ? relative : `./${relative}`;
  }

  /** Returns the imported file; undefined for a module of another package. */
  #target(from: string): string | undefined {
    const surroundings = this.#surroundings;
    if ("module" in surroundings)
      return from === surroundings.module ? undefined : from.replace(/\.ts$/, surroundings.extension);
    return from === "ctypes" ? surroundings.ctypes : from === "callable" ? surroundings.callable : from;
  }
}

/** A base folder so deep that no relative path climbs above it. */
const deepRoot = `/${"folder/".repeat(20)}`;

/** The first line of each generated file, which names its source. */
export function banner(sources: readonly string[], surroundings: Surroundings): string {
  if ("module" in surroundings) return `${outsideMark} ${sources.join(", ")}. Do not edit.`;
  const from = sources.map((source) => `metadata/${source}`).join(", ");
  return `Generated by \`npm run generate\` from ${from}. Do not edit.`;
}

/** The start of the first line of a program's generated file, after the comment sign. */
export const outsideMark = "Generated by `npx sspi-ffi generate` from";

/**
 * Marks a call of a ctypes word, so that a bundler drops it if its result is unused. No other mark works across files.
 */
export const pure = "/* @__PURE__ */ ";

/** An exported constant with a docstring. */
export function exported(name: string, initializer: string, docs?: string, type?: string): StatementStructures {
  const apart = docs?.startsWith("\n") || initializer.includes("\n") ? "\n" : "";
  const trivia = apart + (name in globalThis ? shadows : "");
  return {
    kind: StructureKind.VariableStatement,
    isExported: true,
    declarationKind: VariableDeclarationKind.Const,
    declarations: [
      {
        name,
        initializer: call.test(initializer) ? pure + initializer : initializer,
        ...(type === undefined ? {} : { type }),
      },
    ],
    ...(docs === undefined ? {} : { docs: [escapeComment(docs)] }),
    ...(trivia === "" ? {} : { leadingTrivia: trivia }),
  };
}

const shadows = "// biome-ignore lint/suspicious/noShadowRestrictedNames: the header's name\n";

const call = /^[a-z][\w.]*[<(]/;
