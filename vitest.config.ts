import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { chosenNodes, type NodeMajor } from "./scripts/windows/releases.ts";
import { windowsPool } from "./test/windows/pool.ts";

const shared = {
  resolve: { conditions: ["sspi-ffi-source"] },
  ssr: { resolve: { conditions: ["sspi-ffi-source"] } },
};
const setupFiles = ["test/setup.ts"];
/** WinPR writes to stderr what our tests provoke on purpose. */
const env = { WLOG_LEVEL: "OFF" };
const globalSetup = ["test/lab/global-setup.ts"];
const anywhere = "{ctypes,native,memory,status,credentials,contexts,messages,capabilities,layout,packages}";
/** What one system has and the other has not is tested in files of its own. */
const onPosix = "test/**/*-on-posix.test.ts";
const onWindows = "test/**/*-on-windows.test.ts";

/** They start TypeScript in a process of its own, and esbuild's program for Windows wants a newer Wine than Debian's. */
const childTests = [
  "test/contexts/impersonate.test.ts",
  "test/memory/forgotten-owner.test.ts",
  "test/native/function-table.test.ts",
  "test/native/laziness.test.ts",
  "test/packages/embedded-to-process.test.ts",
  "test/packages/examples.test.ts",
  "test/packages/export-to-process.test.ts",
  "test/packages/watchdog.test.ts",
];

/** A process that hosts a DLL of secur32's is no process to use secur32 in: the DLL calls whom it met last. */
const hostsSystemPackages = "test/packages/wine-packages-on-windows.test.ts";

/** Node for Windows under Wine: what needs neither the compiler nor another system's files runs there too. */
function windows(major: NodeMajor, name: string, include: string[], exclude: string[]): TestProjectInlineConfiguration {
  return {
    ...shared,
    test: {
      name: `windows-node${major}${name}`,
      include,
      exclude,
      pool: windowsPool(major),
      // Starting Node and Vitest takes Wine more than a second, so one process runs file after file.
      isolate: false,
      setupFiles,
      globalSetup: [...globalSetup, "test/windows/global-setup.ts"],
      testTimeout: 30_000,
    },
  };
}

function windowsProjects(major: NodeMajor): TestProjectInlineConfiguration[] {
  const suites = [
    `test/${anywhere}/**/*.test.ts`,
    "test/live/{handshake,kerberos,capabilities,one-source,ticket-cache}.test.ts",
    "test/{interop,secur32}/*.test.ts",
  ];
  return [
    windows(major, "", suites, [...childTests, onPosix, hostsSystemPackages]),
    windows(major, "-hosting", [hostsSystemPackages], []),
  ];
}

/** On Microsoft's Windows: the same, natively, and what its current user can do. No lab is there, nor Wine. */
const microsoftWindows: TestProjectInlineConfiguration = {
  ...shared,
  test: {
    name: "windows",
    include: [`test/${anywhere}/**/*.test.ts`, "test/secur32/current-user.test.ts"],
    exclude: [...childTests, onPosix, hostsSystemPackages],
    setupFiles,
    testTimeout: 30_000,
  },
};

/** `unit` and `architecture` need no SSPI library; the others need what `npm run provision` installs. */
const linux: TestProjectInlineConfiguration[] = [
  {
    ...shared,
    test: {
      name: "unit",
      include: [`test/{codegen,${anywhere.slice(1, -1)}}/**/*.test.ts`],
      exclude: [onWindows],
      setupFiles,
      env,
    },
  },
  { ...shared, test: { name: "architecture", include: ["test/{architecture,types}/**/*.test.ts"], env } },
  {
    ...shared,
    test: {
      name: "live",
      include: ["test/{live,interop,leaks,readme,package,lab}/**/*.test.ts", "test/windows/*.test.ts"],
      setupFiles,
      globalSetup,
      env,
      testTimeout: 120_000,
    },
  },
  ...chosenNodes().flatMap(windowsProjects),
];

export default defineConfig({
  ...shared,
  test: {
    watch: false,
    // Counts for whoever runs this unattended.
    reporters: process.env["CI"] ? ["default", ["json", { outputFile: ".cache/tests.json" }]] : ["default"],
    projects: process.platform === "win32" ? [microsoftWindows] : linux,
  },
});
