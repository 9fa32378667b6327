import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { wineEnvironment } from "../windows/wine.ts";
import type { Lab } from "./description.ts";
import { isOnDemand, onDemandNames } from "./on-demand.ts";
import { isRunning } from "./owner.ts";

const usage = `npm run lab -- start [service …]  starts the lab and leaves it running
npm run lab -- status             says what runs, and how a shell comes to use it
npm run lab -- stop               ends it
Services beside those that always run: ${onDemandNames.join(", ")}.`;

const state = join(".cache", "lab.json");
const log = join(".cache", "lab.log");

interface Kept {
  /** The process that keeps the lab running. */
  readonly keeper: number;
  readonly lab: Lab;
  /** The results of the requested services, by name. */
  readonly services: Readonly<Record<string, unknown>>;
}

function kept(): Kept | undefined {
  if (!existsSync(state)) return undefined;
  const found: Kept = JSON.parse(readFileSync(state, "utf8"));
  return isRunning(found.keeper) ? found : undefined;
}

function show({ keeper, lab, services }: Kept): void {
  console.log(`kept by process ${keeper}, below ${lab.folder}`);
  for (const [name, pid] of Object.entries(lab.processes)) console.log(`  ${name.padEnd(10)}${pid}`);
  console.log(`  ${lab.web.kerberosUrl}\n  ${lab.web.ntlmUrl}\nfor a shell, or before npm run repl:`);
  for (const [name, value] of Object.entries({ ...lab.environment, ...wineEnvironment(lab.winePrefix) }))
    console.log(`  export ${name}=${name === "PATH" ? `'${lab.programs}':"$PATH"` : `'${value}'`}`);
  for (const [name, demanded] of Object.entries(services)) console.log(`${name}: ${JSON.stringify(demanded, null, 2)}`);
  console.log(`alice's line for WinPR's NTLM server is in ${lab.samFile}`);
}

async function start(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !isOnDemand(name));
  if (unknown.length > 0)
    throw new Error(`${unknown.join(", ")}: no service of the lab; there are ${onDemandNames.join(", ")}`);
  const running = kept();
  if (running) {
    show(running);
    const more = names.filter((name) => !(name in running.services));
    if (more.length > 0) throw new Error(`this lab was started without ${more.join(", ")}: stop it first`);
    return;
  }
  mkdirSync(dirname(state), { recursive: true });
  rmSync(state, { force: true });
  const output = openSync(log, "w");
  const command = ["--import", "tsx", join(import.meta.dirname, "keeper.ts"), state, ...names];
  const keeper = spawn(process.execPath, command, { detached: true, stdio: ["ignore", output, output] });
  const ended = once(keeper, "exit").then(() => true);
  while (!kept()) {
    if (await Promise.race([ended, pause(50, false)])) {
      console.error(readFileSync(log, "utf8").trim());
      process.exit(1);
    }
  }
  keeper.unref();
  show(kept() as Kept);
}

async function stop(): Promise<void> {
  const running = kept();
  if (running) process.kill(running.keeper, "SIGTERM");
  while (running && isRunning(running.keeper)) await pause(50);
  console.log(running ? "stopped" : "no lab is running");
}

function status(): void {
  const running = kept();
  if (running) show(running);
  else console.log("no lab is running");
  process.exitCode = running ? 0 : 3;
}

const commands: Readonly<Record<string, (names: readonly string[]) => void | Promise<void>>> = { start, stop, status };
const command = commands[process.argv[2] ?? ""];
if (command) await command(process.argv.slice(3));
else {
  console.error(usage);
  process.exitCode = 2;
}
