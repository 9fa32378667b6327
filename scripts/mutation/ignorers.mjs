import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

// Stryker loads its plugins in processes that read no TypeScript, so this is JavaScript.

/**
 * @typedef {{ line: number, column: number }} Position
 * @typedef {{ start: Position, end: Position }} Location
 * @typedef {{ type: string, loc?: Location, id?: { typeAnnotation?: unknown } }} Node
 * @typedef {{ node: Node, isBooleanLiteral(): boolean, findParent(matches: (path: Path) => boolean): Path | null }} Path
 */

/**
 * Whether the type of a variable mentions `OptionNames`, whose objects are read for their names only.
 *
 * @param {Path} path
 */
function isOptionNames({ node }) {
  return node.type === "VariableDeclarator" && JSON.stringify(node.id?.typeAnnotation ?? "").includes('"OptionNames"');
}

/** Leaves the `true` of option names unchanged: `false` there means the same. */
const optionNames = {
  /** @param {Path} path */
  shouldIgnore: (path) =>
    path.isBooleanLiteral() && path.findParent(isOptionNames)
      ? "a name of an option, whose value is not read"
      : undefined,
};

/**
 * The places of the mutants that `tellMutants` named, in any file; their columns count from 1. Stryker's `mutate` would
 * also try all the mutants inside them.
 *
 * @returns {readonly Location[] | undefined}
 */
const wantedPlaces = () => Reflect.get(globalThis, "mutantsToTry");

/** @param {Position} first @param {Position} second */
const isBefore = (first, second) =>
  first.line < second.line || (first.line === second.line && first.column < second.column);

/**
 * Whether a mutant is at a node or in it.
 *
 * @param {Location} node @param {Location} mutant
 */
function contains(node, mutant) {
  const [first, last] = [mutant.start, mutant.end].map(({ line, column }) => ({ line, column: column - 1 }));
  return !isBefore(first, node.start) && !isBefore(node.end, last);
}

/** Leaves out what contains no mutant that is to be tried. */
const otherMutants = {
  /** @param {Path} path */
  shouldIgnore({ node: { loc } }) {
    const places = wantedPlaces();
    if (!places || !loc || places.some((place) => contains(loc, place))) return undefined;
    return "no mutant that is to be tried again";
  },
};

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "option-names", optionNames),
  declareValuePlugin(PluginKind.Ignore, "other-mutants", otherMutants),
];
