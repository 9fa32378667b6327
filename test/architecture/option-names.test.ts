import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ConstructorDeclaration, type MethodDeclaration, Node, Scope, type Type } from "ts-morph";
import { describe, expect, it } from "vitest";
import { entryPoints } from "../../scripts/entry-points.ts";
import { root, sourceFiles } from "./source-files.ts";
import { parsedSource } from "./source-project.ts";

const doors = entryPoints().map(({ source }) => parsedSource(source));

/** The name of every type that some call of `readOptions` reads. */
const read = new Set(
  sourceFiles("src").flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/(?:readOptions|refuseUnknown)<(\w+)/g)].map(
      ([, name]) => name,
    ),
  ),
);

function isCallable(member: ConstructorDeclaration | MethodDeclaration): boolean {
  return member.getScope() !== Scope.Private;
}

/** Parameters whose type is an interface of this project that a caller writes as an object literal. */
function optionTypes(): [string, string][] {
  const found = new Map<string, string>();
  const note = (where: string, type: Type): void => {
    for (const one of type.isUnion() ? type.getUnionTypes() : [type]) {
      const symbol = one.getAliasSymbol() ?? one.getSymbol();
      const declared = one.getSymbol()?.getDeclarations()[0];
      if (!symbol || !declared || !Node.isInterfaceDeclaration(declared)) continue;
      if (!declared.getSourceFile().getFilePath().startsWith(join(root, "src"))) continue;
      if (/Options$|Strings$|Search$/.test(symbol.getName())) found.set(symbol.getName(), where);
    }
  };
  for (const door of doors)
    for (const [name, declarations] of door.getExportedDeclarations())
      for (const declared of declarations) {
        if (Node.isFunctionDeclaration(declared))
          for (const parameter of declared.getParameters()) note(name, parameter.getType());
        if (!Node.isClassDeclaration(declared)) continue;
        // A private constructor gets options that the library has read already.
        const methods = [...declared.getConstructors(), ...declared.getMethods()].filter(isCallable);
        for (const method of methods) for (const parameter of method.getParameters()) note(name, parameter.getType());
      }
  return [...found];
}

const types = optionTypes();

describe("options objects of public functions", () => {
  it("are found", () => {
    expect(types.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        "CredentialOptions",
        "StepOptions",
        "SecureClientOptions",
        "EmbeddedOptions",
        "ProxyOptions",
        "CredsspConnectOptions",
        "BindOptions",
      ]),
    );
  });

  it.each(types)("B2 %s, which %s takes, is read with readOptions: unknown names are refused", (name) => {
    expect([...read]).toContain(name);
  });
});
