import { locationOf } from "./entry-points.ts";

const identifier = "[\\w$]+";
const beginning = /^\s*import(?![\s\w$]*[.(])[\s{*"']/;
const statement = new RegExp(
  `import\\s+(?:(type)\\s+(?!from\\b))?(?:(${identifier})\\s*,?\\s*)?(?:\\*\\s*as\\s+(${identifier})\\s*|\\{([^}]*)\\}\\s*)?(?:from\\s*)?(["'])([^"']+)\\5\\s*;?\\s*`,
  "y",
);

/**
 * Converts static imports to code that a prompt can run, because its lines are not a module: `import { a as b } from
 * "x"` becomes `var { a: b } = await import("x")`. Undefined if the text is not only imports; "incomplete" if more
 * lines must follow.
 */
export function importsAsCode(typed: string): string | undefined {
  if (!beginning.test(typed)) return undefined;
  const text = typed.trim();
  const code: string[] = [];
  for (statement.lastIndex = 0; statement.lastIndex < text.length; ) {
    const at = statement.lastIndex;
    const match = statement.exec(text);
    if (!match) return at === 0 && isOpen(text) ? "incomplete" : undefined;
    code.push(...declarations(match));
  }
  return `${code.join("\n")}\n`;
}

/** Whether the text still lacks a closing brace or the module's name. */
function isOpen(text: string): boolean {
  return !/["'];?\s*$/.test(text) && !text.includes(";");
}

function declarations([, type, standard, namespace, names, , specifier = ""]: RegExpExecArray): string[] {
  if (type !== undefined) return [];
  const module = `await import(${JSON.stringify(locationOf(specifier))})`;
  const parts = names === undefined ? [] : bindings(names);
  if (standard !== undefined) parts.unshift(`default: ${standard}`);
  if (namespace !== undefined)
    return [
      `var ${namespace} = ${module}`,
      ...(standard === undefined ? [] : [`var ${standard} = ${namespace}.default`]),
    ];
  return [names === undefined && standard === undefined ? `void ${module}` : `var { ${parts.join(", ")} } = ${module}`];
}

/** Converts `a, b as c, type D` to a destructuring pattern, without the types. */
function bindings(names: string): string[] {
  return names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !/^type\s+(?!as\b)/.test(name))
    .map((name) => name.replace(/\s+as\s+/, ": "));
}
