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

function ofClass(name: string, node: ClassDeclaration): PublicFunction[] {
  // An entry point that exports a class's type alone lets nobody call it.
  if (!(name in exported)) return [];
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

/** Derived from the entry points, so that nobody can forget one. */
export function publicFunctions(): readonly PublicFunction[] {
  const project = new Project({ tsConfigFilePath: join(root, "tsconfig.json"), skipAddingFilesFromTsConfig: true });
  const declared = sources.flatMap((file) => [
    ...project.addSourceFileAtPath(join(root, file)).getExportedDeclarations(),
  ]);
  project.resolveSourceFileDependencies();
  const found = declared.flatMap(([name, declarations]) =>
    declarations.flatMap((node): PublicFunction[] => {
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
