import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { DerReader, objectIdentifierBytes, readObjectIdentifier } from "../../src/values/index.ts";
import { parsedText, syntaxOf } from "./parsed-files.ts";
import { root, sourceFiles } from "./source-files.ts";

// Each access of the module goes through Vitest, and there is one for each node of each file.
const {
  forEachChild,
  isArrayLiteralExpression,
  isBigIntLiteral,
  isIdentifier,
  isNumericLiteral,
  isObjectLiteralExpression,
  isPropertyAssignment,
  isRegularExpressionLiteral,
  isStringLiteral,
} = ts;
const files = sourceFiles("src");

/**
 * The names that a literal list consists of, or the keys of a table; empty where it holds anything else. Keys count as
 * names where they begin with a capital, as names of packages and of the headers do: types keep the other keys
 * together.
 */
function namesIn(node: ts.Node): readonly string[] {
  const parts = isArrayLiteralExpression(node) ? node.elements : isObjectLiteralExpression(node) ? node.properties : [];
  const named = parts.map((part) => (isPropertyAssignment(part) ? part.name : part));
  const names = named.flatMap((one) => (isStringLiteral(one) || isIdentifier(one) ? [one.text] : []));
  const proper = isArrayLiteralExpression(node)
    ? named.every(isStringLiteral)
    : names.every((one) => /^[A-Z]/.test(one));
  return proper && names.length === parts.length && names.length > 1 ? names : [];
}

/** Each list of names in a file, and the keys of each table, without case and sorted. */
function listsOf(file: ts.SourceFile, tables = false): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const names = isArrayLiteralExpression(node) || tables ? namesIn(node) : [];
    if (names.length > 0) found.push(listOf(names));
    forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function listOf(names: readonly string[]): string {
  return [...new Set(names.map((name) => name.toLowerCase()))].sort().join(" ");
}

/** Each object identifier in a text, with dots, whether it is written so or as the hex of its encoding. */
function identifiersOf(text: string): string[] {
  const dotted = [...text.matchAll(/"([0-2](?:\.\d+){4,})"/g)].map(([, one]) => one as string);
  const hex = [...text.matchAll(/"(2[ab](?:[0-9a-f]{2}){4,})"/g)].map(([, one]) => Buffer.from(one as string, "hex"));
  return [...dotted, ...hex.map((one) => readObjectIdentifier(new DerReader(Buffer.from([6, one.length, ...one]))))];
}

/** The patterns in a file, its decimal numbers above 32 bits, and the signature of NTLM where it stands there. */
function literalsOf(file: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isRegularExpressionLiteral(node) && node.text.length > 20) found.push(node.text);
    if (isBigIntLiteral(node) || isNumericLiteral(node)) {
      const digits = node.text.replace(/n$/, "");
      if (/^\d+$/.test(digits) && BigInt(digits) > 2n ** 32n) found.push(digits);
    }
    if (isStringLiteral(node) && node.text.startsWith("NTLMSSP")) found.push("NTLMSSP");
    forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The facts that several files contain, with those files. */
function repeated(of: (file: string) => readonly string[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const file of files) for (const one of of(file)) places.set(one, (places.get(one) ?? new Set()).add(file));
  return [...places].filter(([, where]) => where.size > 1).map(([one, where]) => `${one}: ${[...where].join(", ")}`);
}

describe("a fact of src has one home:", () => {
  it("an object identifier stands in one file, with dots or encoded", () => {
    expect(repeated((file) => identifiersOf(readFileSync(join(root, file), "utf8")))).toEqual([]);
  });

  it("a list of names stands in one file, and in no other as the keys of a table", () => {
    const lists = new Set(files.flatMap((file) => listsOf(syntaxOf(file))));
    expect(lists.size).toBeGreaterThan(20);
    expect(repeated((file) => listsOf(syntaxOf(file), true).filter((one) => lists.has(one)))).toEqual([]);
  });

  it("a pattern, a large number and NTLM's signature stand in one file", () => {
    expect(repeated((file) => literalsOf(syntaxOf(file)))).toEqual([]);
  });

  it("the check recognises a fact that is written in several ways", () => {
    const lists = 'const a = ["Kerberos", "Negotiate"]; f(["negotiate", "kerberos"]); g(["one"]);';
    expect(listsOf(parsedText(lists))).toEqual(["kerberos negotiate", "kerberos negotiate"]);
    expect(listsOf(parsedText("const a = { Negotiate: 1, Kerberos: {} };"), true)).toEqual(["kerberos negotiate"]);
    const literals = 'f(/^(guest|nobody|else)$/i, 11_644_473_600_000n, "NTLMSSP\\0", "NTLMSSP", 4);';
    expect(literalsOf(parsedText(literals))).toEqual([
      "/^(guest|nobody|else)$/i",
      "11644473600000",
      ...["NTLMSSP", "NTLMSSP"],
    ]);
    expect(identifiersOf('["2a864886f712010202", "1.2.840.113554.1.2.2"]')).toEqual([
      "1.2.840.113554.1.2.2",
      "1.2.840.113554.1.2.2",
    ]);
    expect(objectIdentifierBytes("1.2.840.113554.1.2.2").toString("hex")).toBe("2a864886f712010202");
  });
});
