import { join } from "node:path";
import { type ClassDeclaration, Node, type ParameterDeclaration, Scope, type Type } from "ts-morph";
import { entryPoints } from "../../../scripts/entry-points.ts";
import { root } from "../source-files.ts";
import { parsedSource, sourceProject } from "../source-project.ts";

export interface PublicParameter {
  readonly name: string;
  /** Whether its type belongs to Node or undici, which check such an object themselves. */
  readonly foreign: boolean;
  /**
   * The kinds of values that its type accepts, as `typeof` names them; also "array", and "word" for strings of a list.
   */
  readonly takes: ReadonlySet<string>;
}

/** An exported function, constructor or method that has parameters. */
export interface PublicFunction {
  /** `packages`, `new Credential`, `Credential.acquire` … */
  readonly title: string;
  /** The class that a method is called on an instance of, or that is constructed. */
  readonly owner: string | undefined;
  readonly method: string;
  readonly kind: "function" | "constructor" | "static" | "method";
  readonly parameters: readonly PublicParameter[];
}

/** Tests of their own compare the arguments of raw functions with their declarations. */
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

function takenBy(type: Type): readonly string[] {
  if (type.isUnion()) return type.getUnionTypes().flatMap(takenBy);
  const bound = type.isTypeParameter() ? type.getConstraint() : undefined;
  if (bound) return takenBy(bound);
  if (type.isStringLiteral()) return ["word"];
  if (type.isArray() || type.isReadonlyArray() || type.isTuple()) return ["array"];
  if (type.getCallSignatures().length > 0) return ["function"];
  const named = type.getBaseTypeOfLiteralType().getText();
  return [/^(undefined|boolean|number|bigint|string)$/.test(named) ? named : "object"];
}

function parametersOf(list: readonly ParameterDeclaration[]): readonly PublicParameter[] {
  return list.map((one) => {
    const takes = new Set([...takenBy(one.getType()), ...(one.isOptional() ? ["undefined"] : [])]);
    return { name: one.getName(), foreign: isForeign(one.getType()), takes };
  });
}

/** The classes that a class extends, which need not be exported themselves. */
function basesOf(node: ClassDeclaration): ClassDeclaration[] {
  const base = node.getBaseClass();
  const own = base?.getSourceFile().getFilePath().startsWith(join(root, "src"));
  return base && own ? [base, ...basesOf(base)] : [];
}

/**
 * Exported classes that only this library instantiates: TypeScript stops callers by `private`, `protected`, `abstract`
 * or `@internal`, and nothing stops callers who write JavaScript. Errors are left out: an error that somebody else
 * makes does no harm.
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
      // A method that overrides another one comes first.
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

export interface PublicOption {
  readonly name: string;
  readonly takes: ReadonlySet<string>;
}

/** The options of each type of this project that has one of these names, but for those that take any value. */
export function optionsOf(names: readonly string[]): ReadonlyMap<string, readonly PublicOption[]> {
  const found = new Map<string, readonly PublicOption[]>();
  for (const file of sourceProject().getSourceFiles())
    for (const one of [...file.getInterfaces(), ...file.getTypeAliases()]) {
      if (!names.includes(one.getName()) || !file.getFilePath().startsWith(join(root, "src"))) continue;
      const properties = one.getType().getProperties();
      const typed = properties.filter((property) => !property.getTypeAtLocation(one).isUnknown());
      const option = (name: string, type: Type) => ({ name, takes: new Set(takenBy(type)) });
      found.set(
        one.getName(),
        typed.map((property) => option(property.getName(), property.getTypeAtLocation(one))),
      );
    }
  return found;
}

let declared: readonly (readonly [string, readonly Node[]])[] | undefined;

/** The exports of the entry points that exist at run time: an export of a type alone cannot be called. */
function declarations(): readonly (readonly [string, readonly Node[]])[] {
  if (declared) return declared;
  const found = sources.flatMap((file) => [...parsedSource(file).getExportedDeclarations()]);
  declared = found.filter(([name]) => name in exported);
  return declared;
}

/** Derived from the entry points, so that none can be forgotten. */
export function publicFunctions(): readonly PublicFunction[] {
  const found = declarations().flatMap(([name, nodes]) =>
    nodes.flatMap((node): PublicFunction[] => {
      if (Node.isClassDeclaration(node)) return ofClass(name, node);
      if (!Node.isFunctionDeclaration(node)) return [];
      // The implementation accepts the arguments of all its overloads.
      if (node.isOverload()) return [];
      const parameters = parametersOf(node.getParameters());
      return [{ title: name, owner: undefined, method: name, kind: "function", parameters }];
    }),
  );
  return found.filter(({ parameters }) => parameters.length > 0);
}
