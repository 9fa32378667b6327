import { readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { entryPoints } from "./scripts/entry-points.ts";
import { architecture } from "./scripts/windows/architecture.ts";
import { chosenNodes, type NodeMajor } from "./scripts/windows/releases.ts";
import { reaches, testsBelow } from "./test/local-imports.ts";
import { takesLong } from "./test/long-tests.ts";
import { SuiteReport } from "./test/report/suite-report.ts";
import { readsTypes, usesToolchain } from "./test/toolchain.ts";
import { windowsPool } from "./test/windows/pool.ts";

const root = import.meta.dirname;
/** Tests import the package by its name, and get its sources. */
const alias = entryPoints().map(({ specifier, source }) => ({
  find: new RegExp(`^${specifier}$`),
  replacement: join(root, source),
}));
const shared = { resolve: { alias } };
const setupFiles = ["test/setup.ts"];
/** WinPR writes to stderr what our tests provoke on purpose. */
const env = { WLOG_LEVEL: "OFF" };
/** Milliseconds: a machine that is busy with other things is no failure. */
const testTimeout = 30_000;
const globalSetup = ["test/lab/global-setup.ts"];
const foldersOf = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
const sourceFolders = foldersOf("src");
const testsIn = (...folders: readonly string[]): string => `test/{${folders.join(",")}}/**/*.test.ts`;
/** The tests of a folder of `src` have a folder of its name, and run on every system. */
const anywhere = testsIn(...sourceFolders, "layout");
/** What one system has and the other has not is tested in files of its own. */
const onPosix = "test/**/*-on-posix.test.ts";
const onWindows = "test/**/*-on-windows.test.ts";

/** They start TypeScript in a process of its own, and esbuild's program for Windows wants a newer Wine than Debian's. */
const childTests = testsBelow(foldersOf("test")).filter((test) =>
  reaches(test, (target, importer) => importer === test && /\/(run-script|fixtures\/child)\.ts$/.test(target)),
);

/** A process that hosts a DLL of secur32's is no process to use secur32 in: the DLL calls whom it met last. */
const hostsSystemPackages = "test/packages/wine-packages-on-windows.test.ts";

/** Node for Windows under Wine: what needs neither the compiler nor another system's files runs there too. */
function windows(major: NodeMajor, name: string, include: string[], exclude: string[]): TestProjectInlineConfiguration {
  return {
    ...shared,
    test: {
      name: `windows-node${major}${architecture === "x64" ? "" : `-${architecture}`}${name}`,
      include,
      exclude,
      pool: windowsPool(major),
      // Starting Node and Vitest takes Wine more than a second, so one process runs file after file.
      isolate: false,
      setupFiles,
      globalSetup: [...globalSetup, "test/windows/global-setup.ts"],
      testTimeout,
    },
  };
}

/** What takes long and is Wine's, or arithmetic of ours: it does not depend on Node's version, so the newer one runs it. */
const onceForAllNodes = [
  "test/{credssp/changed-messages,fuzz/system-messages-on-windows,secur32/schannel-split,secur32/schannel-volume}.test.ts",
  "test/{command,explain,layout}/**",
];

function windowsProjects(major: NodeMajor): TestProjectInlineConfiguration[] {
  const suites = [
    anywhere,
    "test/contract/legs.test.ts",
    "test/{live,interop,secur32}/*.test.ts",
    "test/fuzz/*-on-windows.test.ts",
  ];
  return [
    windows(major, "", suites, [...childTests, onPosix, hostsSystemPackages, ...(major === 20 ? onceForAllNodes : [])]),
    windows(major, "-hosting", [hostsSystemPackages], []),
  ];
}

/** On Microsoft's Windows: the same, natively, and what its current user can do. No lab is there, nor Wine. */
const microsoftWindows: TestProjectInlineConfiguration = {
  ...shared,
  test: {
    name: "windows",
    include: [
      anywhere,
      "test/contract/contract-rows.test.ts",
      "test/secur32/{current-user,attributes,export,credssp,schannel-loopback,schannel-server}.test.ts",
    ],
    exclude: [...childTests, onPosix, hostsSystemPackages],
    setupFiles,
    testTimeout: 30_000,
  },
};

const unitFolders = [
  ...sourceFolders,
  "layout",
  "codegen",
  "bench",
  "consumers",
  "mutation",
  "provision",
  "release",
  "report",
];
const ruleFolders = ["architecture", "types"];
const toolchain = testsBelow([...unitFolders, ...ruleFolders]).filter(usesToolchain);
const declarations = testsBelow(ruleFolders).filter((test) => readsTypes(test) && !toolchain.includes(test));
const long = testsBelow(unitFolders).filter((test) => takesLong(test) && !toolchain.includes(test));

/** For processes that run file after file. */
const quick = {
  isolate: false,
  // V8's young generation in MiB: collecting it more rarely takes less time.
  execArgv: ["--max-semi-space-size=64"],
  // A file that has not changed is not transformed again by the next run.
  experimental: { fsModuleCache: true },
} satisfies TestProjectInlineConfiguration["test"];

/** Stryker runs a folder of it for each mutant: scripts/mutation. */
export const unit = {
  ...shared,
  test: {
    name: "unit",
    include: [testsIn(...unitFolders)],
    exclude: [onWindows, ...toolchain, ...long],
    ...quick,
    setupFiles,
    env,
    testTimeout,
  },
} satisfies TestProjectInlineConfiguration;

/**
 * `unit`, `architecture`, `declarations`, `toolchain` and `long` need no SSPI library; the others need what
 * `npm run provision` installs. The first two are quick, because a process runs file after file.
 */
const linux: TestProjectInlineConfiguration[] = [
  unit,
  {
    ...shared,
    test: {
      name: "architecture",
      include: [testsIn(...ruleFolders)],
      exclude: [...toolchain, ...declarations],
      ...quick,
      // One process parses each file once, so it is alone in its group: Vitest wants one number of workers per group.
      maxWorkers: 1,
      sequence: { groupOrder: 1 },
      env,
      testTimeout,
    },
  },
  {
    ...shared,
    test: { name: "declarations", include: [...declarations], ...quick, env, testTimeout },
  },
  {
    ...shared,
    test: { name: "toolchain", include: [...toolchain], exclude: [onWindows], setupFiles, env, testTimeout },
  },
  {
    ...shared,
    test: { name: "long", include: [...long], exclude: [onWindows], setupFiles, env, testTimeout },
  },
  {
    ...shared,
    test: {
      name: "live",
      include: [
        testsIn("live", "contract", "fuzz", "interop", "leaks", "readme", "package", "site", "lab"),
        "test/windows/*.test.ts",
      ],
      exclude: [onWindows],
      setupFiles,
      globalSetup,
      env,
      testTimeout: 120_000,
    },
  },
  ...chosenNodes().flatMap(windowsProjects),
];

/** Counts for whoever runs this unattended. */
const jsonReport = process.env["SSPI_TEST_REPORT"] ?? (process.env["CI"] ? ".cache/tests.json" : undefined);

export default defineConfig({
  ...shared,
  test: {
    watch: false,
    // Vitest leaves one processor to itself and would run file after file where there are two; many of them wait for peers.
    maxWorkers: 2,
    reporters: [
      "default",
      new SuiteReport(),
      ...(jsonReport === undefined ? [] : [["json", { outputFile: jsonReport }] satisfies [string, unknown]]),
    ],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts", "codegen/**/*.ts"],
      exclude: ["test/**"],
      reporter: ["text", "html", "json"],
      // Also of what has failed: a gap is one either way.
      reportOnFailure: true,
    },
    projects: process.platform === "win32" ? [microsoftWindows] : linux,
  },
});
