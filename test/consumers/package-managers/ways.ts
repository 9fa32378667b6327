import type { Way } from "../../../scripts/consumers/consumer.ts";

/** A new project outside of this one, where the package manager creates the whole node_modules. */
const project = [
  `cp main.js main.cjs handshake.js "$ELSEWHERE"`,
  `echo '{ "name": "app", "license": "MIT", "type": "module" }' > "$ELSEWHERE/package.json"`,
];
const programOf = (name: string): string => `node "$OLDPWD/node_modules/${name}"`;
const inside = (...lines: readonly string[]): string => `cd "$ELSEWHERE" && ${lines.join(" && ")}`;

const npm = "npm install --no-audit --no-fund";
const pnpm = "pnpm";
const yarn1 = programOf("yarn-1/bin/yarn.js");
const yarn4 = programOf("yarn-4/bin/yarn.js");

const yarn4Project = (linker: string): readonly string[] => [
  ...project,
  `echo "nodeLinker: ${linker}" > "$ELSEWHERE/.yarnrc.yml" && touch "$ELSEWHERE/yarn.lock"`,
  inside(`${yarn4} add "sspi-ffi@file:$TARBALL"`),
];

export const title = "npm, pnpm, Yarn";

export const ways: readonly Way[] = [
  {
    tool: "npm",
    way: "`npm install`",
    run: [...project, inside(`${npm} "$TARBALL"`), inside("node main.js")],
    todo: "nothing; npm says that koffi's install script was not run, and it need not be",
  },
  {
    tool: "npm",
    way: "`npm install --ignore-scripts`",
    run: [...project, inside(`${npm} --ignore-scripts "$TARBALL"`), inside("node main.js")],
  },
  {
    tool: "npm",
    way: "`npm install --omit=optional`",
    run: [...project, inside(`${npm} --ignore-scripts --omit=optional "$TARBALL"`), inside("node main.js")],
    fails: "NativeModuleError: koffi, which calls native functions, cannot be loaded",
    todo: "leave out `--omit=optional`: koffi's native part is an optional dependency",
  },
  {
    tool: "pnpm",
    way: "`pnpm add`",
    run: [...project, inside(`${pnpm} add "$TARBALL"`), inside("node main.js")],
    fails: "ERR_PNPM_IGNORED_BUILDS",
    todo: "it is installed and works; for an exit code of 0 say as below that koffi's script need not run",
  },
  {
    tool: "pnpm",
    way: "`allowBuilds: { koffi: false }` in pnpm-workspace.yaml",
    run: [
      ...project,
      `echo "allowBuilds: { koffi: false }" > "$ELSEWHERE/pnpm-workspace.yaml"`,
      inside(`${pnpm} add "$TARBALL"`),
      inside("node main.js"),
    ],
  },
  { tool: "yarn-1", way: "`yarn add`", run: [...project, inside(`${yarn1} add "$TARBALL"`), inside("node main.js")] },
  {
    tool: "yarn-4",
    way: "`nodeLinker: node-modules`",
    run: [...yarn4Project("node-modules"), inside("node main.cjs"), inside("node main.js")],
  },
  { tool: "yarn-4", way: "Plug'n'Play, `import`", run: [...yarn4Project("pnp"), inside(`${yarn4} node main.js`)] },
  {
    tool: "yarn-4",
    way: "Plug'n'Play, `require()`, on Node 20",
    run: [...yarn4Project("pnp"), inside(`${yarn4} node main.cjs`)],
    fails: "ERR_MODULE_NOT_FOUND",
    todo: "use `import`, or `nodeLinker: node-modules`, as above",
  },
];
