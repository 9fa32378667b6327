import { describe, expect, it } from "vitest";
import { importsAsCode } from "../../../src/command/prompt/imports.ts";

describe("an import at the prompt", () => {
  it.each([
    ['import { a } from "x"', 'var { a } = await import("x")'],
    ["import { a as b, c, } from 'x';", 'var { a: b, c } = await import("x")'],
    ['import d from "x"', 'var { default: d } = await import("x")'],
    ['import d, { a } from "x"', 'var { default: d, a } = await import("x")'],
    ['import * as all from "x"', 'var all = await import("x")'],
    ['import d, * as all from "x"', 'var all = await import("x")\nvar d = all.default'],
    ['import "x"', 'void await import("x")'],
    ['import { type A, b } from "x"', 'var { b } = await import("x")'],
    ['import { type as kind } from "x"', 'var { type: kind } = await import("x")'],
    ['import type { A } from "x"', ""],
    ['import type from "x"', 'var { default: type } = await import("x")'],
    ['import {\n  a,\n  b\n} from "x"\n', 'var { a, b } = await import("x")'],
    ['import { a } from "x"\nimport { b } from "y"', 'var { a } = await import("x")\nvar { b } = await import("y")'],
  ])("%j is loaded, and its names are variables", (typed, code) => {
    expect(importsAsCode(typed)).toBe(`${code}\n`);
  });

  it("of this package leads to the copy whose names are at the prompt, wherever it was started", () => {
    expect(importsAsCode('import { raw } from "sspi-ffi/raw"')).toMatch(
      /^var \{ raw \} = await import\("file:.*\/raw\.[jt]s"\)\n$/,
    );
  });

  it.each(["import {", "import { a,", "import { a }\n", "import * as all"])("%j asks for another line", (typed) => {
    expect(importsAsCode(typed)).toBe("incomplete");
  });

  it.each(['import("x")', "import.meta.url", "important = 3", "const a = 1", 'import { a } from "x"; a()', ""])(
    "%j is left to Node",
    (typed) => {
      expect(importsAsCode(typed)).toBeUndefined();
    },
  );
});
