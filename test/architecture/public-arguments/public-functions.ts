import { join } from "node:path";
import { type ClassDeclaration, Node, type ParameterDeclaration, Project, Scope, type Type } from "ts-morph";
import { entryPoints } from "../../../scripts/entry-points.ts";
import { root } from "../source-files.ts";

export interface PublicParameter {
  readonly name: string;
  /** Whether its type is Node's or undici's, which judge themselves what is in such an object. */
  readonly foreign: boolean;
}

/** A function, constructor or method that is exported, with parameters. */
export interface PublicFunction {
  /** `packages`, `new Credential`, `Credential.acquire` … */
  readonly title: string;
  /** The class that a method is called on an instance of, or that is constructed. */
  readonly owner: string | undefined;
  readonly method: string;
  readonly kind: "function" | "constructor" | "static" | "method";
  readonly parameters: readonly PublicParameter[];
}

/** What raw functions are given is compared with their declarations, by tests of their own. */
const sources = entryPoints()
  .map(({ source }) => source)
  .filter((source) => source !== "src/raw.ts");

/** Everything that the entry points export, by name. */
export const exported: Readonly<Record<string, unknown>> = Object.assign(
  {},
  ...(await Promise.all(sources.map((source) => import(join(root, source))))),
);

function isForeign(type: Type): boolean {
  if (type.isUnion()) return type.getUnionTypes().some(isForeign);
  const symbol = type.getAliasSymbol() ?? type.getSymbol();
  return symbol?.getDeclarations().some((one) => one.getSourceFile().isInNodeModules()) ?? false;
}

function parametersOf(list: readonly ParameterDeclaration[]): readonly PublicParameter[] {
  return list.map((one) => ({ name: one.getName(), foreign: isForeign(one.getType()) }));
}

/** The classes that a class extends, which need not be exported themselves. */
function basesOf(node: ClassDeclaration): ClassDeclaration[] {
  const base = node.getBaseClass();
  const own = base?.getSourceFile().getFilePath().startsWith(join(root, "src"));
  return base && own ? [base, ...basesOf(base)] : [];
}

/**
 * Exported classes that only this library makes: TypeScript stops their callers by `private`, `protected`, `abstract` or
 * `@internal`, and nobody stops callers who write JavaScript. Errors are left out: one that somebody makes is no claim.
 */
export function closedClasses(): readonly string[] {
  return declarations().flatMap(([name, nodes]) => (nodes.some(isClosed) && !name.endsWith("Error") ? [name] : []));
}

function isClosed(node: Node): boolean {
  if (!Node.isClassDeclaration(node)) return false;
  if (node.isAbstract()) return true;
  const own = [node, ...basesOf(node)].map((one) => one.getConstructors()).find((list) => list.length > 0) ?? [];
  return own.some(
    (one) => one.getScope() !== Scope.Public || one.getJsDocs().some((doc) => doc.getText().includes("@internal")),
  );
}

function ofClass(name: string, node: ClassDeclaration): PublicFunction[] {
  const constructors = node.getConstructors().filter((one) => one.getScope() === Scope.Public && !node.isAbstract());
  const all = [node, ...basesOf(node)].flatMap((one) => one.getMethods());
  const methods = all.filter(
    (one, place) =>
      one.getScope() === Scope.Public &&
      /^[a-z]/.test(one.getName()) &&
      !one.isAbstract() &&
      // One that overrides another comes first.
      all.findIndex((other) => other.getName() === one.getName()) === place,
  );
  return [
    ...constructors.map((one) => ({
      title: `new ${name}`,
      owner: name,
      method: "constructor",
      kind: "constructor" as const,
      parameters: parametersOf(one.getParameters()),
    })),
    ...methods.map((one) => ({
      title: `${name}.${one.getName()}`,
      owner: name,
      method: one.getName(),
      kind: one.isStatic() ? ("static" as const) : ("method" as const),
      parameters: parametersOf(one.getParameters()),
    })),
  ];
}

let declared: readonly (readonly [string, readonly Node[]])[] | undefined;

/** What the entry points export that is there at run time: one that exports a type alone lets nobody call it. */
function declarations(): readonly (readonly [string, readonly Node[]])[] {
  if (declared) return declared;
  const project = new Project({ tsConfigFilePath: join(root, "tsconfig.json"), skipAddingFilesFromTsConfig: true });
  const found = sources.flatMap((file) => [...project.addSourceFileAtPath(join(root, file)).getExportedDeclarations()]);
  project.resolveSourceFileDependencies();
  declared = found.filter(([name]) => name in exported);
  return declared;
}

/** Derived from the entry points, so that nobody can forget one. */
export function publicFunctions(): readonly PublicFunction[] {
  const found = declarations().flatMap(([name, nodes]) =>
    nodes.flatMap((node): PublicFunction[] => {
      if (Node.isClassDeclaration(node)) return ofClass(name, node);
      if (!Node.isFunctionDeclaration(node)) return [];
      // Overloads are what a caller sees.
      if (node.isImplementation() && node.getOverloads().length > 0) return [];
      const parameters = parametersOf(node.getParameters());
      return [{ title: name, owner: undefined, method: name, kind: "function", parameters }];
    }),
  );
  return found.filter(({ parameters }) => parameters.length > 0);
}
