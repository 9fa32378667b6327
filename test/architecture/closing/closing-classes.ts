import { join } from "node:path";
import { type ClassDeclaration, Node, Project, Scope } from "ts-morph";
import { entryPoints } from "../../../scripts/entry-points.ts";
import { root } from "../source-files.ts";

/** An exported class whose things are closed, in whatever word. */
export interface ClosingClass {
  readonly name: string;
  /** Whether its things say that they are closed. */
  readonly tells: boolean;
  /** Whether things can be made of this class, and not only of those that extend it. */
  readonly abstract: boolean;
  /** Whether it is one of Node's streams, which end as those do. */
  readonly stream: boolean;
  /** Its methods, of its own and of the classes of src that it extends, with the names of their parameters. */
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

/** Derived from the entry points, types that are exported alone too. */
export function closingClasses(): readonly ClosingClass[] {
  const project = new Project({ tsConfigFilePath: join(root, "tsconfig.json"), skipAddingFilesFromTsConfig: true });
  const sources = entryPoints().map(({ source }) => project.addSourceFileAtPath(join(root, source)));
  project.resolveSourceFileDependencies();
  const found = sources
    .flatMap((source) => [...source.getExportedDeclarations()])
    .flatMap(([name, nodes]) =>
      nodes.flatMap((node) => (Node.isClassDeclaration(node) ? (closingClass(name, node) ?? []) : [])),
    );
  return [...new Map(found.map((one) => [one.name, one])).values()];
}
