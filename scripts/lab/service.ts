import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { componentFile } from "./components.ts";

export interface ServiceOptions {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file for the service's output. */
  readonly log: string;
  /** Whether the service answers; called until it returns true. */
  ready(): boolean | Promise<boolean>;
}

export interface Service {
  readonly name: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const patience = 15_000;

/**
 * Starts a daemon in the foreground, as a child: the kernel ends it whenever its parent ends, for any reason.
 *
 * @throws Error with its output if it ends, or does not answer in time.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { name, command, env, log } = options;
  const output = openSync(log, "a");
  const child = spawn(componentFile("setpriv"), ["--pdeathsig", "TERM", ...command], {
    env: { ...env },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const service = { name, pid: child.pid ?? 0, stop: () => stopChild(child) };
  try {
    await answers(child, options);
    return service;
  } catch (error) {
    await service.stop();
    throw error;
  }
}

async function answers(child: ChildProcess, { name, log, ready }: ServiceOptions): Promise<void> {
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = error;
  });
  for (const deadline = Date.now() + patience; !(await ready()); await pause(20)) {
    if (failure) throw failure;
    const ended = hasEnded(child);
    if (ended || Date.now() > deadline)
      throw new Error(`${name} ${ended ? "ended" : "does not answer"}:\n${readFileSync(log, "utf8").trim()}`);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const impatient = setTimeout(() => child.kill("SIGKILL"), 3000);
  await ended;
  clearTimeout(impatient);
}
