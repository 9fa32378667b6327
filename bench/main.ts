import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { chosenParts } from "./chosen-parts.ts";
import { bundleProcesses, checkLibrary, compileNative, MissingError } from "./compile.ts";
import { credssp } from "./parts/credssp.ts";
import { growth } from "./parts/growth.ts";
import { gssapi } from "./parts/gssapi.ts";
import { hosted } from "./parts/hosted.ts";
import { http } from "./parts/http.ts";
import { imports } from "./parts/imports.ts";
import { load } from "./parts/load.ts";
import { peers } from "./parts/peers.ts";
import { ratios } from "./parts/ratios.ts";
import { tls } from "./parts/tls.ts";
import { drawPicture } from "./picture.ts";
import { summary } from "./report.ts";
import { type Found, type Part, quickSize, type Run, wholeSize } from "./run.ts";

// WinPR writes a line for each attribute that it lacks.
process.env["WLOG_LEVEL"] ??= "OFF";
const quick = process.argv.includes("--quick");
/** `--picture` measures what it shows, and draws docs/bench.svg. */
const picture = process.argv.includes("--picture");
const parts: Readonly<Record<string, Part>> = {
  ratios,
  imports,
  growth,
  load,
  tls,
  credssp,
  hosted,
  gssapi,
  http,
  peers,
};
const library = "libwinpr2.so.2";
const root = join(import.meta.dirname, "..");
const native = join(root, ".cache", "bench");
const processes = [
  "measure-ratios",
  "measure-growth",
  "measure-load",
  "measure-hosted",
  "measure-gssapi",
  "http-server",
  "measure-http",
  "peers/measure-npm-kerberos",
  "peers/measure-node-expose-sspi",
];

function machine(): string {
  const date = new Date().toISOString().slice(0, 10);
  const busy = `load ${loadavg()[0]?.toFixed(1)}${quick ? ", a quick run" : ""}`;
  return `${date}, Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${busy}; WinPR 2, Kerberos on MIT's library`;
}

/** A part that needs what this machine does not have is left out, by name. */
async function measurePart(name: string, run: Run): Promise<Found> {
  try {
    return await (parts[name] as Part)(run);
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    return { goals: [], missing: [`${name}: ${error.message}`] };
  }
}

async function measureParts(wanted: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-bench-"));
  try {
    const samFile = join(folder, "SAM");
    // The password is "userpw".
    writeFileSync(samFile, "alice:::2e24f97bff26b2458887a9b16a3c2c39:::\n");
    const run: Run = { setting: { library, samFile, native }, size: quick ? quickSize : wholeSize };
    console.log(`node ${process.version}, load ${loadavg()[0]?.toFixed(2)}${quick ? ", quick: expect noise" : ""}\n`);
    const found: Found[] = [];
    for (const name of wanted) found.push(await measurePart(name, run));
    const goals = found.flatMap(({ goals }) => goals);
    if (goals.length > 0) console.log(summary(goals));
    for (const missing of found.flatMap(({ missing = [] }) => missing)) {
      console.error(`left out: ${missing}`);
      process.exitCode = 1;
    }
    const shown = { ratios: found.flatMap(({ ratios = [] }) => ratios), load: found.flatMap(({ load = [] }) => load) };
    if (picture) writeFileSync(join(root, "docs", "bench.svg"), drawPicture({ ...shown, setting: machine() }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const wanted = chosenParts(Object.keys(parts), process.argv.slice(2));
try {
  checkLibrary(library);
  compileNative(import.meta.dirname, native);
  await bundleProcesses(import.meta.dirname, native, processes);
  await measureParts(wanted);
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  console.error(`The benchmark needs what this machine does not have. ${error.message}`);
  process.exitCode = 1;
}
