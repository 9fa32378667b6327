import { join, relative } from "node:path";
import {
  type ClassDeclaration,
  type ExportedDeclarations,
  type InterfaceDeclaration,
  type JSDoc,
  Node,
  Project,
  type Type,
  type TypeAliasDeclaration,
  type TypeNode,
} from "ts-morph";
import { entryPoints } from "../entry-points.ts";

const root = join(import.meta.dirname, "../..");

/** A name that a user of the package can use. */
export interface PublicMember {
  /** `ClientContext.step`; for an export without members its own name. */
  readonly name: string;
  /** The docstring without its tags; empty if there is none. */
  readonly text: string;
  /** `file:line`. */
  readonly place: string;
  readonly optional: boolean;
  /** The type as written; empty for classes, functions and methods. */
  readonly type: string;
}

export interface PublicExport extends PublicMember {
  readonly kind: "class" | "function" | "options" | "type" | "value";
  readonly members: readonly PublicMember[];
  /** The types from which the export inherits members. */
  readonly bases: readonly string[];
}

export interface Door {
  readonly specifier: string;
  readonly text: string;
  readonly exports: readonly PublicExport[];
}

/** Returns the entry points with everything that they export, read from the declarations. */
export function publicMembers(): readonly Door[] {
  const project = new Project({ tsConfigFilePath: join(root, "tsconfig.json"), skipAddingFilesFromTsConfig: true });
  const files = entryPoints().map((entry) => ({
    ...entry,
    file: project.addSourceFileAtPath(join(root, entry.source)),
  }));
  project.resolveSourceFileDependencies();
  return files.map(({ specifier, file }) => {
    const [comment = ""] = /(?<=\/\*\*)(?:(?!\*\/).)*(?=@module)/s.exec(file.getFullText()) ?? [];
    const exports = [...file.getExportedDeclarations()].map(([name, declared]) => exported(name, declared));
    return { specifier, text: flowing(comment.replaceAll(/^ ?\* ?/gm, "")), exports };
  });
}

function flowing(text: string): string {
  return text
    .replaceAll(/\{@link ([^}|]+?)\}/g, "`$1`")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function docText(docs: readonly JSDoc[]): string {
  return flowing(docs.map((doc) => doc.getDescription()).join(" "));
}

function docsOf(node: Node): string {
  const owner = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node;
  return owner !== undefined && Node.isJSDocable(owner) ? docText(owner.getJsDocs()) : "";
}

const placeOf = (node: Node): string =>
  `${relative(root, node.getSourceFile().getFilePath())}:${node.getStartLineNumber()}`;

function exported(name: string, declared: readonly ExportedDeclarations[]): PublicExport {
  const [node] = declared;
  if (node === undefined) throw new Error(`${name} has no declaration`);
  const text = declared.map(docsOf).find((one) => one !== "") ?? "";
  const own = { name, text, place: placeOf(node), optional: false, type: "", bases: basesOf(node) };
  if (Node.isClassDeclaration(node)) return { ...own, kind: "class", members: membersOfClass(name, node) };
  if (Node.isInterfaceDeclaration(node)) return { ...own, kind: "options", members: membersOfInterface(name, node) };
  if (Node.isFunctionDeclaration(node)) return { ...own, kind: "function", members: [] };
  if (Node.isTypeAliasDeclaration(node)) {
    return {
      ...own,
      kind: "type",
      type: written(node),
      members: merged(membersOfType(name, node.getTypeNodeOrThrow())),
    };
  }
  return { ...own, kind: "value", members: [] };
}

function basesOf(node: Node): readonly string[] {
  if (Node.isInterfaceDeclaration(node)) return node.getExtends().map((one) => flowing(one.getText()));
  const base = Node.isClassDeclaration(node) ? node.getExtends() : undefined;
  return base === undefined ? [] : [flowing(base.getText())];
}

const written = (node: TypeAliasDeclaration): string => flowing(node.getTypeNodeOrThrow().getText());

function member(of: string, name: string, node: Node, inherited: () => string): PublicMember {
  const typeNode = Node.isTyped(node) ? node.getTypeNode() : undefined;
  return {
    name: `${of}.${name}`,
    text: docsOf(node) || inherited(),
    place: placeOf(node),
    optional: Node.isQuestionTokenable(node) && node.hasQuestionToken(),
    type: typeNode === undefined ? "" : flowing(typeNode.getText().replaceAll(/\/\*\*.*?\*\//gs, "")),
  };
}

/**
 * Returns the docstring that a base class or an interface has for a member; it is used if the member itself has none.
 */
function inheritedText(types: readonly Type[], name: string): string {
  for (const type of types)
    for (const declared of type.getProperty(name)?.getDeclarations() ?? [])
      if (docsOf(declared) !== "") return docsOf(declared);
  return "";
}

function membersOfClass(of: string, node: ClassDeclaration): PublicMember[] {
  const bases = [
    ...(node.getBaseClass() === undefined ? [] : [node.getBaseClassOrThrow().getType()]),
    ...node.getImplements().map((one) => one.getType()),
  ];
  const found = [...node.getInstanceMembers(), ...node.getStaticMembers()].filter(
    (one) =>
      !Node.isClassStaticBlockDeclaration(one) && !one.getName().startsWith("#") && !one.getName().startsWith("["),
  );
  return found.flatMap((one) => {
    if (Node.isScoped(one) && one.getScope() !== "public") return [];
    if (Node.isSetAccessorDeclaration(one)) return [];
    const described = Node.isMethodDeclaration(one) ? (one.getOverloads()[0] ?? one) : one;
    return [member(of, one.getName(), described, () => inheritedText(bases, one.getName()))];
  });
}

function membersOfInterface(of: string, node: InterfaceDeclaration): PublicMember[] {
  const bases = node.getBaseDeclarations().map((one) => one.getType());
  return [...node.getProperties(), ...node.getMethods()]
    .filter((one) => !one.getName().startsWith("["))
    .map((one) => member(of, one.getName(), one, () => inheritedText(bases, one.getName())));
}

/** Returns the members of an alias for object types: those of each alternative. */
function membersOfType(of: string, node: TypeNode): PublicMember[] {
  if (Node.isParenthesizedTypeNode(node)) return membersOfType(of, node.getTypeNode());
  if (Node.isUnionTypeNode(node) || Node.isIntersectionTypeNode(node))
    return node.getTypeNodes().flatMap((part) => membersOfType(of, part));
  if (Node.isTypeLiteral(node)) return node.getProperties().map((one) => member(of, one.getName(), one, () => ""));
  // A type that is not exported can only be named through this alias.
  const declared = Node.isTypeReference(node) ? (node.getType().getSymbol()?.getDeclarations() ?? []) : [];
  return declared.flatMap((one) =>
    Node.isInterfaceDeclaration(one) && !one.isExported() && isOurs(one) ? membersOfInterface(of, one) : [],
  );
}

const isOurs = (node: Node): boolean => !placeOf(node).includes("node_modules/");

/** Merges members that several alternatives share; an editor shows the docstring of any of them. */
function merged(members: readonly PublicMember[]): PublicMember[] {
  const byName = new Map<string, PublicMember>();
  for (const one of members) {
    const known = byName.get(one.name);
    if (known === undefined || (known.text === "" && one.text !== "")) byName.set(one.name, one);
  }
  return [...byName.values()];
}

/** Returns exports and members without a docstring. */
export function undocumented(doors: readonly Door[]): readonly PublicMember[] {
  return doors.flatMap(({ exports }) =>
    exports.flatMap((one) => [one, ...one.members]).filter(({ text }) => text === ""),
  );
}
