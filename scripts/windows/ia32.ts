import { spawnSync } from "node:child_process";

// Runs the suites for 32-bit Windows in a 32-bit Node 22, under 32-bit Wine in a separate Debian, with the lab outside
// it. Arguments are passed to Vitest.

process.env["SSPI_WINDOWS_ARCHITECTURE"] = "ia32";
const { makeDebian } = await import("./debian.ts");

makeDebian();
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "windows-node22-ia32*"];
const { status } = spawnSync(process.execPath, [...vitest, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;
