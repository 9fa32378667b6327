import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ts } from "ts-morph";

/** What one source file declares and exports, without its types. */
export interface ModuleFacts {
  readonly file: string;
  readonly text: string;
  readonly statements: readonly ts.Statement[];
  /** Its top-level constants, functions and classes, by name. */
  readonly declarations: ReadonlyMap<string, ts.Statement>;
  /** What it exports under a name that another file exports, by name. */
  readonly forwarded: ReadonlyMap<string, Definition>;
  /** The files of which it exports everything. */
  readonly wholes: readonly string[];
}

/** A name, and the file that defines it. */
export interface Definition {
  readonly file: string;
  readonly name: string;
}

const known = new Map<string, ModuleFacts>();

/** Returns the facts of a file; each file is read once. */
export function moduleFacts(file: string): ModuleFacts {
  const facts = known.get(file) ?? readFacts(file);
  known.set(file, facts);
  return facts;
}

function readFacts(file: string): ModuleFacts {
  const text = readFileSync(file, "utf8");
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const declarations = new Map<string, ts.Statement>();
  const forwarded = new Map<string, Definition>();
  const wholes: string[] = [];
  for (const statement of statements) {
    for (const name of namesOf(statement)) declarations.set(name, statement);
    const from = ts.isExportDeclaration(statement) ? fileOf(file, statement.moduleSpecifier) : undefined;
    if (!from || !ts.isExportDeclaration(statement)) continue;
    if (!statement.exportClause) wholes.push(from);
    else if (ts.isNamedExports(statement.exportClause))
      for (const { name, propertyName } of statement.exportClause.elements)
        forwarded.set(name.text, { file: from, name: (propertyName ?? name).text });
  }
  return { file, text, statements, declarations, forwarded, wholes };
}

/** Returns the names of the values that a statement declares. */
function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  const declares = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return declares && statement.name ? [statement.name.text] : [];
}

/** Returns the file of the project that a relative specifier names; undefined for a package. */
export function fileOf(importer: string, specifier: ts.Expression | undefined): string | undefined {
  if (!specifier || !ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return undefined;
  return join(dirname(importer), specifier.text);
}

/** Finds the file that defines what `file` exports as `name`; undefined if that is not a value of the project. */
export function definitionOf(file: string, name: string): Definition | undefined {
  const { declarations, forwarded, wholes } = moduleFacts(file);
  if (declarations.has(name)) return { file, name };
  const next = forwarded.get(name);
  if (next) return definitionOf(next.file, next.name);
  for (const whole of wholes) {
    const found = definitionOf(whole, name);
    if (found) return found;
  }
  return undefined;
}

/** Returns the identifiers in a node, except those in types. */
export function identifiersIn(node: ts.Node): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (part: ts.Node): void => {
    // What a class extends is a value, though it counts as a type.
    if (ts.isTypeNode(part) && !ts.isExpressionWithTypeArguments(part)) return;
    if (ts.isIdentifier(part)) found.add(part.text);
    ts.forEachChild(part, visit);
  };
  visit(node);
  return found;
}

/** Whether a statement begins with `export`. */
export function isExported(statement: ts.Statement | undefined): boolean {
  const modifiers = statement && ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** Returns the members that a file uses of a namespace import; undefined if it uses the whole. */
export function membersOf(file: string, namespace: string): ReadonlySet<string> | undefined {
  const members = new Set<string>();
  let whole = false;
  const visit = (part: ts.Node): void => {
    if ((ts.isTypeNode(part) && !ts.isExpressionWithTypeArguments(part)) || ts.isImportDeclaration(part)) return;
    if (ts.isPropertyAccessExpression(part) && ts.isIdentifier(part.expression) && part.expression.text === namespace)
      return void members.add(part.name.text);
    if (ts.isIdentifier(part) && part.text === namespace) whole = true;
    ts.forEachChild(part, visit);
  };
  for (const statement of moduleFacts(file).statements) visit(statement);
  return whole ? undefined : members;
}

/** Returns the files that a file needs, itself among them; barrels that it only passes through are not. */
export function neededBy(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const statement of moduleFacts(file).statements) {
    const isImport = ts.isImportDeclaration(statement);
    if (!isImport && !ts.isExportDeclaration(statement)) continue;
    const from = fileOf(file, statement.moduleSpecifier);
    if (!from) continue;
    const names = isImport ? statement.importClause?.namedBindings : statement.exportClause;
    const typesOnly = isImport ? statement.importClause?.isTypeOnly : statement.isTypeOnly;
    if (typesOnly) continue;
    if (!names || ts.isNamespaceImport(names) || ts.isNamespaceExport(names)) neededBy(from, found);
    else
      for (const { isTypeOnly, name, propertyName } of names.elements)
        if (!isTypeOnly) neededBy(definitionOf(from, (propertyName ?? name).text)?.file ?? from, found);
  }
  return found;
}
