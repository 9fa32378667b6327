import { defineConfig } from "vitest/config";

const shared = {
  resolve: { conditions: ["sspi-ffi-source"] },
  ssr: { resolve: { conditions: ["sspi-ffi-source"] } },
};
const setupFiles = ["test/setup.ts"];
/** WinPR writes to stderr what our tests provoke on purpose. */
const env = { WLOG_LEVEL: "OFF" };

/** `unit` and `architecture` need nothing installed; `live` needs an SSPI library; `project` needs the network's npm cache no more than `npm ci` did. */
export default defineConfig({
  ...shared,
  test: {
    watch: false,
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: ["test/{codegen,ctypes,native,memory,status,credentials,contexts,messages,layout}/**/*.test.ts"],
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
