import { renameSync, rmSync, writeFileSync } from "node:fs";
import { isOnDemand } from "./on-demand.ts";
import { startLab } from "./start.ts";

// Keeps a lab running for `npm run lab`: its services are children of this process, which a signal ends.

const [, , state = "", ...names] = process.argv;
const { lab, onDemand, stop } = await startLab();
const demanded = await Promise.all(names.filter(isOnDemand).map(async (name) => [name, await onDemand.demand(name)]));
const ticking = setInterval(() => {}, 1 << 30);

async function end(): Promise<void> {
  clearInterval(ticking);
  await stop();
  rmSync(state, { force: true });
  process.exit();
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => void end());
writeFileSync(`${state}-new`, JSON.stringify({ keeper: process.pid, lab, services: Object.fromEntries(demanded) }));
renameSync(`${state}-new`, state);
