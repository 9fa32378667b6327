import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

// Stryker loads its plugins in processes that read no TypeScript, so this is JavaScript.

/**
 * Whether the type of a variable mentions `OptionNames`, whose objects are read for their names only.
 *
 * @param {{ node?: { type?: string, id?: { typeAnnotation?: unknown } } }} path
 */
function isOptionNames({ node }) {
  return node?.type === "VariableDeclarator" && JSON.stringify(node.id?.typeAnnotation ?? "").includes('"OptionNames"');
}

/** Leaves the `true` of option names unchanged: `false` there means the same. */
const optionNames = {
  /** @param {{ isBooleanLiteral(): boolean, findParent(matches: (path: object) => boolean): object | null }} path */
  shouldIgnore: (path) =>
    path.isBooleanLiteral() && path.findParent(isOptionNames) !== null
      ? "a name of an option, whose value is not read"
      : undefined,
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, "option-names", optionNames)];
