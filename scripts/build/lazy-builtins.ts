import { ts } from "ts-morph";
import { moduleFacts } from "./module-facts.ts";

/** A part of a file's text, and what stands in its place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Begins the specifier of a module that loads one of Node's own when it is first called. */
export const builtinPrefix = "builtin:";

/**
 * Makes a file load Node's own modules at their first use, instead of importing them. Some take milliseconds to load,
 * and most programs use few of them. Types are not concerned, and `node:module` stays: tools that trace a program's
 * dependencies look for the import of `createRequire`.
 */
export function lazyBuiltins(file: string): readonly Edit[] {
  const { statements } = moduleFacts(file);
  return statements.flatMap((statement) => {
    const names = builtinNames(statement);
    if (!names) return [];
    const uses = statements.map((other) => usesIn(other, names));
    return uses.includes(undefined)
      ? []
      : [imported(statement as ts.ImportDeclaration), ...uses.flatMap((edits) => edits ?? [])];
  });
}

/** Returns the contents of a module that loads one of Node's own modules. */
export function builtinLoader(module: string): string {
  return `let loaded;
    export function ${loaderName(module)}() { return loaded ??= process.getBuiltinModule(${JSON.stringify(module)}); }`;
}

function loaderName(module: string): string {
  return module.replaceAll(/[:/_](.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Returns what stands for each value that a statement imports from one of Node's modules. */
function builtinNames(statement: ts.Statement): ReadonlyMap<string, string> | undefined {
  if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return undefined;
  const module = statement.moduleSpecifier.text;
  const clause = statement.importClause;
  if (!module.startsWith("node:") || module === "node:module" || !clause || clause.isTypeOnly) return undefined;
  const whole = `${loaderName(module)}()`;
  const names = new Map<string, string>();
  if (clause.name) names.set(clause.name.text, `(${whole})`);
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) names.set(bindings.name.text, `(${whole})`);
  else
    for (const { name, propertyName, isTypeOnly } of bindings?.elements ?? [])
      if (!isTypeOnly) names.set(name.text, `(${whole}.${(propertyName ?? name).text})`);
  return names;
}

function imported({ moduleSpecifier, pos, end }: ts.ImportDeclaration): Edit {
  const module = (moduleSpecifier as ts.StringLiteral).text;
  return { start: pos, end, text: `import { ${loaderName(module)} } from ${JSON.stringify(builtinPrefix + module)};` };
}

/** Returns the edits of a statement's uses of names; undefined if it declares one of them anew, or exports it. */
function usesIn(statement: ts.Statement, names: ReadonlyMap<string, string>): readonly Edit[] | undefined {
  const edits: Edit[] = [];
  let redeclared = false;
  const visit = (part: ts.Node, parent: ts.Node): void => {
    if (ts.isImportDeclaration(part) || (ts.isTypeNode(part) && !ts.isExpressionWithTypeArguments(part))) return;
    if (ts.isHeritageClause(part) && part.token === ts.SyntaxKind.ImplementsKeyword) return;
    const instead = ts.isIdentifier(part) ? names.get(part.text) : undefined;
    if (!ts.isIdentifier(part) || instead === undefined) {
      ts.forEachChild(part, (child) => visit(child, part));
      return;
    }
    const [start, end] = [part.end - part.text.length, part.end];
    if (ts.isShorthandPropertyAssignment(parent)) edits.push({ start, end, text: `${part.text}: ${instead}` });
    else if (isDeclared(part, parent)) redeclared = true;
    else if (!isMemberName(part, parent)) edits.push({ start, end, text: instead });
  };
  visit(statement, statement);
  return redeclared ? undefined : edits;
}

function isDeclared(part: ts.Identifier, parent: ts.Node): boolean {
  if (ts.isBindingElement(parent) || ts.isVariableDeclaration(parent) || ts.isParameter(parent))
    return parent.name === part;
  return (
    ts.isExportSpecifier(parent) ||
    ((ts.isFunctionLike(parent) || ts.isClassLike(parent)) && !ts.isClassElement(parent) && parent.name === part)
  );
}

function isMemberName(part: ts.Identifier, parent: ts.Node): boolean {
  if (ts.isBindingElement(parent)) return parent.propertyName === part;
  const named = ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isClassElement(parent);
  return (named || ts.isMethodDeclaration(parent)) && (parent as { readonly name?: ts.Node }).name === part;
}
