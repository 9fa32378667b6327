import { join } from "node:path";
import { type ClassDeclaration, type MethodSignature, Node, Scope } from "ts-morph";
import { entryPoints } from "../../../scripts/entry-points.ts";
import { root } from "../source-files.ts";
import { parsedSource } from "../source-project.ts";

/** An exported class whose instances can be closed, whatever the method is called. */
export interface ClosingClass {
  readonly name: string;
  /** Whether its instances have a property that says that they are closed. */
  readonly tells: boolean;
  /** Whether the class itself can be instantiated, and not only a class that extends it. */
  readonly abstract: boolean;
  /** Whether it is one of Node's streams, which end as Node's streams do. */
  readonly stream: boolean;
  /** Its methods and those of the classes of src that it extends, with the names of their parameters. */
  readonly methods: ReadonlyMap<string, readonly string[]>;
}

const closes = /^(close|destroy|\[Symbol\.(asyncDispose|dispose)\])$/;

function withBases(node: ClassDeclaration): ClassDeclaration[] {
  const base = node.getBaseClass();
  return base?.getSourceFile().getFilePath().startsWith(join(root, "src")) ? [node, ...withBases(base)] : [node];
}

function closingClass(name: string, node: ClassDeclaration): ClosingClass | undefined {
  const all = withBases(node).flatMap((one) => one.getInstanceMethods());
  if (!all.some((method) => closes.test(method.getName()))) return undefined;
  const open = all.filter((method) => method.getScope() === Scope.Public && /^[a-z]/.test(method.getName()));
  const methods = open.filter((method) => !closes.test(method.getName()));
  const type = node.getType();
  return {
    name,
    tells: type.getProperty("closed") !== undefined,
    abstract: node.isAbstract(),
    stream: type.getProperty("pipe") !== undefined,
    methods: new Map(methods.map((method) => [method.getName(), method.getParameters().map((one) => one.getName())])),
  };
}

function exportedNodes(): [string, Node][] {
  const sources = entryPoints().map(({ source }) => parsedSource(source));
  const found = sources.flatMap((source) => [...source.getExportedDeclarations()]);
  return found.flatMap(([name, nodes]) => nodes.map((node): [string, Node] => [name, node]));
}

const exported = exportedNodes();

/** Derived from the entry points, including types that are exported alone. */
export function closingClasses(): readonly ClosingClass[] {
  const found = exported.flatMap(([name, node]) =>
    Node.isClassDeclaration(node) ? (closingClass(name, node) ?? []) : [],
  );
  return [...new Map(found.map((one) => [one.name, one])).values()];
}

/** A member that may be left out is one that others implement and this library calls. */
function closesIt(method: MethodSignature): boolean {
  return closes.test(method.getName()) && !method.hasQuestionToken();
}

/** Exported interfaces of objects that can be closed, and whether they have a property that says so. */
export function closingInterfaces(): ReadonlyMap<string, boolean> {
  const found = exported.flatMap(([name, node]): [string, boolean][] => {
    if (!Node.isInterfaceDeclaration(node) || !node.getMethods().some(closesIt)) return [];
    return [[name, node.getType().getProperty("closed") !== undefined]];
  });
  return new Map(found);
}
