import { defineConfig } from "vitest/config";

const shared = {
  resolve: { conditions: ["sspi-ffi-source"] },
  ssr: { resolve: { conditions: ["sspi-ffi-source"] } },
};
const setupFiles = ["test/setup.ts"];
/** WinPR writes to stderr what our tests provoke on purpose. */
const env = { WLOG_LEVEL: "OFF" };

/** `unit` and `architecture` need no SSPI library; `live` needs what `npm run provision` installs. */
export default defineConfig({
  ...shared,
  test: {
    watch: false,
    // Counts for whoever runs this unattended.
    reporters: process.env["CI"] ? ["default", ["json", { outputFile: ".cache/tests.json" }]] : ["default"],
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: [
            "test/{codegen,ctypes,native,memory,status,credentials,contexts,messages,packages,layout}/**/*.test.ts",
          ],
          setupFiles,
          env,
        },
      },
      { ...shared, test: { name: "architecture", include: ["test/{architecture,types}/**/*.test.ts"], env } },
      {
        ...shared,
        test: {
          name: "live",
          include: ["test/{live,leaks,readme,package}/**/*.test.ts"],
          setupFiles,
          env,
          testTimeout: 120_000,
        },
      },
    ],
  },
});
