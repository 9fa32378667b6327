import { type ClassDeclaration, type JSDocableNode, Node, Scope } from "ts-morph";
import { describe, expect, it } from "vitest";
import * as raw from "../../src/raw.ts";
import { parsedSource } from "./source-project.ts";

const door = parsedSource("src/index.ts");

/** Public methods that call no native function: they use what is already known, or a certificate's bytes. */
const pure = ["hasFlag", "take", "serverEndPoint"];

function methodsOf(name: string, declared: ClassDeclaration): [string, JSDocableNode][] {
  return [...declared.getInstanceMethods(), ...declared.getStaticMethods()]
    .filter((method) => method.getScope() === Scope.Public && /^[a-z]/.test(method.getName()))
    .filter((method) => !pure.includes(method.getName()))
    .flatMap((method) => {
      const overloads = method.getOverloads();
      return overloads.length > 0 ? overloads : [method];
    })
    .map((method) => [`${name}.${method.getName()}`, method]);
}

function documented(): [string, JSDocableNode][] {
  const entries = [...door.getExportedDeclarations()].filter(([name]) => !/Error$|^SecurityPackages$/.test(name));
  return entries.flatMap(([name, declarations]) =>
    declarations
      .filter((declared) => /\/src\/(credentials|contexts)\//.test(declared.getSourceFile().getFilePath()))
      .flatMap((declared): [string, JSDocableNode][] => {
        if (Node.isClassDeclaration(declared)) return methodsOf(name, declared);
        return Node.isFunctionDeclaration(declared) && !pure.includes(name) ? [[name, declared]] : [];
      }),
  );
}

const methods = documented();
const functions = Object.entries(raw).flatMap(([name, entry]) => (typeof entry === "function" ? [name] : []));

describe("public methods", () => {
  it("are found", () => {
    expect(methods.map(([name]) => name)).toEqual(
      expect.arrayContaining(["ClientContext.step", "Credential.acquireSync", "packages"]),
    );
  });

  it.each(methods)("%s names the native function it stands on, with its page", (_name, node) => {
    const text = node
      .getJsDocs()
      .map((doc) => doc.getText())
      .join("\n");
    const [, native = "", page = ""] = /@see (\w+) (https:\/\/learn\.microsoft\.com\/\S+)/.exec(text) ?? [];
    expect(functions).toContain(native);
    expect(page.toLowerCase()).toContain(native.toLowerCase());
  });
});
