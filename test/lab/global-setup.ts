import type { TestProject } from "vitest/node";
import { checkComponents } from "../../scripts/lab/components.ts";
import type { Lab } from "../../scripts/lab/description.ts";
import type { ServiceName } from "../../scripts/lab/health.ts";
import { type RunningLab, startLab } from "../../scripts/lab/start.ts";
import { prepareWindows } from "../../scripts/windows/prepare.ts";
import { wineEnvironment } from "../../scripts/windows/wine.ts";
import { type Peers, startPeers } from "./peers.ts";

declare module "vitest" {
  interface ProvidedContext {
    lab: Lab;
    /** The port at which tests reach third-party programs. */
    peers: number;
  }
}

interface SharedLab extends RunningLab {
  readonly peers: Peers;
}

/**
 * One lab for all projects of a run: each project loads this file separately, so the lab is kept where all of them find
 * it.
 */
const shared = globalThis as { sspiLab?: { running: Promise<SharedLab>; users: number } };

async function startShared(): Promise<SharedLab> {
  const running = await startLab();
  for (const name of takenAway()) await running.without(name);
  return { ...running, peers: await startPeers(running) };
}

/** A test of the suites themselves runs them without a service. */
function takenAway(): readonly ServiceName[] {
  const names = process.env["SSPI_LAB_WITHOUT"];
  return names ? (names.split(",") as ServiceName[]) : [];
}

/** Starts the lab for a project of Vitest's, and passes its environment to the project's workers. */
export async function setup(project: TestProject): Promise<void> {
  // Runs before anything is fetched, so that the error names everything that is missing at once.
  checkComponents();
  prepareWindows();
  shared.sspiLab ??= { running: startShared(), users: 0 };
  shared.sspiLab.users += 1;
  const { lab, peers } = await shared.sspiLab.running;
  project.provide("lab", lab);
  project.provide("peers", peers.port);
  project.config.env = { ...project.config.env, ...lab.environment, ...wineEnvironment(lab.winePrefix) };
}

export async function teardown(): Promise<void> {
  const { sspiLab } = shared;
  if (!sspiLab) return;
  sspiLab.users -= 1;
  if (sspiLab.users > 0) return;
  delete shared.sspiLab;
  const { peers, stop } = await sspiLab.running;
  await peers.stop();
  await stop();
}
