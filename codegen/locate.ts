import { ts } from "ts-morph";

/** What a mistake says of its place. */
export interface Whereabouts {
  readonly entity?: string | undefined;
  readonly field?: string | undefined;
  /** A key inside of that. */
  readonly key?: string | undefined;
  /** Where in the text, where no name leads there. */
  readonly offset?: number | undefined;
}

/** Line and column of a metadata file, as editors count them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A JSON text with the place of each of its parts; of a broken one as much as can be read. */
export function parsedJson(text: string): ts.JsonSourceFile {
  return ts.parseJsonText("metadata.json", text);
}

/** Where a text stops being JSON, after what `JSON.parse` says: the compiler takes a comma too many. */
export function brokenAt(source: ts.JsonSourceFile, complaint: string): number | undefined {
  const { parseDiagnostics } = source as unknown as { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
  const position = /at position (\d+)/.exec(complaint)?.[1];
  return parseDiagnostics[0]?.start ?? (position === undefined ? undefined : Number(position));
}

/** Where in a metadata file the entity and the field that a mistake names are; as close as the file has it. */
export function locate(text: string, { entity, field, key, offset }: Whereabouts): Position {
  const source = parsedJson(text);
  const found = offset ?? nodeOf(source, entity, field, key)?.getStart(source) ?? 0;
  const { line, character } = source.getLineAndCharacterOfPosition(found);
  return { line: line + 1, column: character + 1 };
}

function nodeOf(source: ts.JsonSourceFile, entity?: string, field?: string, key?: string): ts.Node | undefined {
  const root = source.statements[0]?.expression;
  if (root === undefined) return undefined;
  const start = entity === undefined ? root : entityOf(root, entity);
  const inner = start && field !== undefined ? deepest(start, field.split(".")) : start;
  return inner && key !== undefined ? (step(inner, key) ?? inner) : inner;
}

/** An entity lies two levels deep, an attribute three; `constants` and `attributes.context` are parts of the file. */
function entityOf(root: ts.Node, entity: string): ts.Node | undefined {
  const part = entity.split(".").reduce<ts.Node | undefined>((node, name) => node && step(node, name), root);
  if (part !== undefined) return part;
  const sections = children(root);
  const inside = [...sections, ...sections.flatMap(children)];
  for (const section of inside) {
    const found = step(section, entity);
    if (found !== undefined) return found;
  }
  return mention(root, entity);
}

/** The entity that says a name besides its own: the ANSI half of a pair. */
function mention(node: ts.Node, text: string): ts.Node | undefined {
  if (ts.isStringLiteral(node) && node.text === text) return node;
  return ts.forEachChild(node, (child) => mention(child, text));
}

/** As far along a path of keys, names and indexes as the file goes. */
function deepest(node: ts.Node, [first, ...rest]: readonly string[]): ts.Node {
  const next = first === undefined ? undefined : step(node, first);
  return next === undefined ? node : deepest(next, rest);
}

function step(node: ts.Node, name: string): ts.Node | undefined {
  const value = contentOf(node);
  if (ts.isObjectLiteralExpression(value)) return value.properties.find((property) => keyOf(property) === name);
  if (!ts.isArrayLiteralExpression(value)) return undefined;
  return value.elements.find((element, index) => String(index) === name || nameOf(element) === name);
}

function nameOf(element: ts.Node): string | undefined {
  const name = contentOf(step(element, "name") ?? element);
  return ts.isStringLiteral(name) ? name.text : undefined;
}

function children(node: ts.Node): readonly ts.Node[] {
  const value = contentOf(node);
  return ts.isObjectLiteralExpression(value) ? value.properties : [];
}

function contentOf(node: ts.Node): ts.Node {
  return ts.isPropertyAssignment(node) ? node.initializer : node;
}

function keyOf({ name }: ts.ObjectLiteralElementLike): string | undefined {
  return name && ts.isStringLiteral(name) ? name.text : undefined;
}
