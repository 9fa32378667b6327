import { spawnSync } from "node:child_process";

// The suites for Windows in 32 bits: in Node 22 for it, under 32-bit Wine in a Debian of its own, with the lab
// outside. Arguments are Vitest's.

process.env["SSPI_WINDOWS_ARCHITECTURE"] = "ia32";
const { makeDebian } = await import("./debian.ts");

makeDebian();
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "windows-node22-ia32*"];
const { status } = spawnSync(process.execPath, [...vitest, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;
