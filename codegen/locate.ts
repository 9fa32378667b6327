import { ts } from "ts-morph";

/** The place of a mistake. */
export interface Whereabouts {
  readonly entity?: string | undefined;
  readonly field?: string | undefined;
  /** A key inside the field or the entity. */
  readonly key?: string | undefined;
  /** The offset in the text, for a place that no name leads to. */
  readonly offset?: number | undefined;
}

/** A line and column of a metadata file, counted as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Parses JSON text with the position of each part; broken text is parsed as far as possible. */
export function parsedJson(text: string): ts.JsonSourceFile {
  return ts.parseJsonText("metadata.json", text);
}

/**
 * Returns the offset where text stops being JSON, from the message of `JSON.parse`: the TypeScript parser accepts a
 * trailing comma.
 */
export function brokenAt(source: ts.JsonSourceFile, complaint: string): number | undefined {
  const { parseDiagnostics } = source as unknown as { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
  const position = /at position (\d+)/.exec(complaint)?.[1];
  return parseDiagnostics[0]?.start ?? (position === undefined ? undefined : Number(position));
}

/** Returns the position of the entity and field that a mistake names, or of the closest part that the file contains. */
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

/**
 * Finds an entity: it is two levels deep, an attribute three; `constants` and `attributes.context` are parts of the
 * file.
 */
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

/** Finds the entity that mentions a name other than its own: the ANSI half of a pair. */
function mention(node: ts.Node, text: string): ts.Node | undefined {
  if (ts.isStringLiteral(node) && node.text === text) return node;
  return ts.forEachChild(node, (child) => mention(child, text));
}

/** Follows a path of keys, names and indexes as far as the file contains it. */
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
