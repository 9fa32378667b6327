import { renameSync, rmSync, writeFileSync } from "node:fs";
import { startLab } from "./start.ts";

// Keeps a lab for `npm run lab`: its services are children of this process, which ends with a signal.

const [, , state = ""] = process.argv;
const { lab, stop } = await startLab();
const ticking = setInterval(() => {}, 1 << 30);

async function end(): Promise<void> {
  clearInterval(ticking);
  await stop();
  rmSync(state, { force: true });
  process.exit();
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => void end());
writeFileSync(`${state}-new`, JSON.stringify({ keeper: process.pid, lab }));
renameSync(`${state}-new`, state);
