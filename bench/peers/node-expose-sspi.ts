import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../scripts/lab/description.ts";
import { fetchKoffi, koffiPreload } from "../../scripts/windows/koffi-for-windows.ts";
import { fetchNode, nodeExecutable } from "../../scripts/windows/node-for-windows.ts";
import { type NpmArchive, unpackedArchive } from "../../scripts/windows/npm-archive.ts";
import { serverEnvironment, wine, wineDrive } from "../../scripts/windows/wine.ts";
import { MissingError } from "../compile.ts";
import { resultsIn } from "../measuring.ts";
import type { Measured } from "../rounds.ts";
import type { NodeExposeSspiTask } from "./measure-node-expose-sspi.ts";
import type { PeerRun } from "./peer.ts";

const archive: NpmArchive = {
  name: "node-expose-sspi",
  version: "0.1.60",
  integrity: "sha512-D48FFKyS924OtZ++GqGelUDm2V8VwuhfmSwgrgUnVsJjJ7p0gPv+FnoBp5jsCcS1cQTc1UZBltxhlYdIJWgPRw==",
};
const major = 22;

/** npm's `node-expose-sspi` beside this package and koffi, all on Wine's secur32.dll in one Node for Windows. */
export function measureNodeExposeSspi(lab: Lab, { native, rounds, warmUp }: PeerRun): Measured[] {
  const module = fetched(join(native, "peers"));
  const task: NodeExposeSspiTask = { module: onWine(module), rounds, warmUp };
  // Wine gives Node a standard output only if that is a file.
  const folder = mkdtempSync(join(lab.folder, "peer-"));
  const [preload, output] = [join(folder, "preload.cjs"), join(folder, "output")];
  writeFileSync(preload, koffiPreload());
  const file = openSync(output, "w");
  const script = onWine(join(native, "peers", "measure-node-expose-sspi.mjs"));
  const { status, signal } = spawnSync(
    wine(),
    [nodeExecutable(major), "--require", onWine(preload), script, JSON.stringify(task)],
    {
      env: { ...serverEnvironment(lab.winePrefix), ...lab.environment },
      stdio: ["ignore", file, file],
    },
  );
  closeSync(file);
  const printed = readFileSync(output, "utf8");
  if (status !== 0) throw new Error(`measure-node-expose-sspi ended with ${signal ?? status}:\n${printed}`);
  return resultsIn(printed);
}

/**
 * Returns the folder of npm's package, which is fetched once with the Node and the koffi that it is measured in. It is not
 * installed: npm refuses a package for Windows on another system, and the addon in it was built by its author.
 */
function fetched(folder: string): string {
  try {
    wine();
    fetchNode(major);
    fetchKoffi();
    return unpackedArchive(archive, join(folder, `${archive.name}-${archive.version}`));
  } catch (error) {
    throw new MissingError(error instanceof Error ? error.message : String(error));
  }
}

function onWine(path: string): string {
  return `${wineDrive}${path}`;
}
