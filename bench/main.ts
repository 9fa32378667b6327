import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { entryPoints } from "../scripts/entry-points.ts";
import { bundleProcesses, checkLibrary, compileNative, MissingError } from "./compile.ts";
import type { Setting } from "./contender.ts";
import { credsspHandshakes } from "./credssp-handshakes.ts";
import { measureGssapi } from "./gssapi.ts";
import { measureHttp } from "./http.ts";
import { importTimes } from "./import-time.ts";
import type { LiveRow, LoadRow, LoadTask } from "./load.ts";
import type { GrowthTask } from "./measure-growth.ts";
import { installNpmKerberos } from "./npm-kerberos.ts";
import { drawPicture } from "./picture.ts";
import { median, noise, ratioTable, table, verdict } from "./report.ts";
import type { Measured } from "./rounds.ts";
import { growthTarget, gssapiGrowthTarget, httpTargets, importTargets, liveTarget } from "./targets.ts";
import { tlsThroughput } from "./tls-throughput.ts";

// WinPR writes a line for each attribute that it lacks.
process.env["WLOG_LEVEL"] ??= "OFF";
const quick = process.argv.includes("--quick");
/** `--only=gssapi` is that part of it. */
const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice("--only=".length);
const size = quick
  ? {
      rounds: 100,
      warmUp: 25,
      processes: 9,
      handshakes: 20_000,
      settling: 10_000,
      http: { rounds: 60, slice: 100, logons: 200 },
      gssapi: { rounds: 40, warmUp: 100, handshakes: 20_000, settling: 5_000 },
    }
  : {
      rounds: 900,
      warmUp: 60,
      processes: 31,
      handshakes: 200_000,
      settling: 100_000,
      http: { rounds: 300, slice: 100, logons: 500 },
      gssapi: { rounds: 300, warmUp: 200, handshakes: 20_000, settling: 10_000 },
    };
/** `--picture` measures what it shows, and draws docs/bench.svg. */
const picture = process.argv.includes("--picture");
const pictured: readonly string[] = ["ratios", "gssapi", "load"];
const shown = { ratios: [] as Measured[], load: [] as LoadRow[] };
const library = "libwinpr2.so.2";
const root = join(import.meta.dirname, "..");
const native = join(root, ".cache", "bench");

function measuring(process: string, task: object): string {
  const env = { ...globalThis.process.env, WLOG_LEVEL: "OFF" };
  const args = [join(native, `${process}.mjs`), JSON.stringify(task)];
  const run = spawnSync(globalThis.process.execPath, args, {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (run.status !== 0) throw new Error(`${process} ended with ${run.signal ?? run.status}`);
  return run.stdout;
}

function ratios(setting: Setting): void {
  const lines = measuring("measure-ratios", { setting, ...size })
    .trim()
    .split("\n");
  const measured = lines.map((line) => JSON.parse(line) as Measured);
  console.log(`${ratioTable(measured)}\n${noise(measured)}\n`);
  shown.ratios.push(...measured);
}

function imports(): void {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const entries = entryPoints().map(({ specifier, source }) => ({
    specifier,
    file: join(root, source.replace(/^src/, "dist").replace(/\.ts$/, ".js")),
  }));
  const [empty, ...modules] = importTimes(
    entries.map(({ file }) => file),
    size.processes,
  );
  if (!empty) return;
  const rows = entries.map(({ specifier }, index) => {
    const { median, least } = modules[index] ?? { median: Number.NaN, least: Number.NaN };
    const limit = importTargets[specifier];
    const beyond = median - empty.median;
    return [
      specifier,
      `${beyond.toFixed(1)} ms`,
      `${(least - empty.least).toFixed(1)} ms`,
      limit === undefined ? "" : verdict(beyond, limit, " ms"),
    ];
  });
  const header = [`import beyond an empty module's ${empty.median.toFixed(1)} ms`, "median", "least", "target"];
  console.log(`${table([header, ...rows])}\n`);
}

/** What many handshakes at once do to the event loop, and what open contexts do to a handshake. */
function load(setting: Setting): void {
  const task: LoadTask = { ...setting, duration: quick ? 500 : 3000 };
  const lines = measuring("measure-load", task).trim().split("\n");
  const rows = lines.map((line) => JSON.parse(line) as LoadRow | LiveRow);
  const shaking = rows.filter((row) => "inFlight" in row);
  const live = rows.filter((row) => "live" in row);
  shown.load.push(...shaking);
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const header = ["handshakes at once", "threads", "legs", "event loop late, half", "99 %"];
  console.log(
    `${table([
      header,
      ...shaking.map(({ inFlight, workers, legsPerSecond, delay }) => [
        String(inFlight),
        String(workers),
        `${legsPerSecond.toFixed(0)}/s`,
        ms(delay.p50),
        ms(delay.p99),
      ]),
    ])}\n`,
  );
  const [first] = live;
  console.log(
    `${table([
      ["open contexts", "a handshake", "× C", "× the first", "target", "memory a context"],
      ...live.map(({ live: open, handshake, toC, bytes }) => {
        const ratio = toC / (first?.toC ?? Number.NaN);
        return [
          String(open),
          `${handshake.toFixed(1)} µs`,
          toC.toFixed(3),
          ratio.toFixed(3),
          verdict(ratio, liveTarget.handshake),
          bytes === undefined ? "" : `${(bytes / 1024).toFixed(1)} KiB`,
        ];
      }),
    ])}\n`,
  );
}

/** WinPR keeps some bytes of every handshake with a SAM file, whoever makes it: what counts is the growth beyond C's. */
function growth(setting: Setting): void {
  const { handshakes, settling } = size;
  const rows = [false, true].flatMap((turns) => {
    const measured = ["C", "addon", "public API"].map((contender) => {
      const task: GrowthTask = { setting, contender, settling, handshakes, turns };
      const { bytes } = JSON.parse(measuring("measure-growth", task)) as { readonly bytes: number };
      return { contender, mebibytes: bytes / 2 ** 20 };
    });
    const [{ mebibytes: baseline } = { mebibytes: Number.NaN }] = measured;
    return measured.map(({ contender, mebibytes }) => [
      contender,
      turns ? "with turns" : "without turns",
      `${mebibytes.toFixed(2)} MiB`,
      `${(mebibytes - baseline).toFixed(2)} MiB`,
      contender === "public API" ? verdict(mebibytes - baseline, growthTarget.mebibytes, " MiB") : "",
    ]);
  });
  console.log(table([[`RSS growth, ${handshakes} handshakes`, "event loop", "", "beyond C", "target"], ...rows]));
}

/** Both sides are in this process, and both are Node's own OpenSSL. */
async function tls(): Promise<void> {
  const [handshakes, chunks, rounds] = quick ? [100, 400, 3] : [400, 1600, 7];
  const rows = (await tlsThroughput(handshakes, chunks, rounds)).map((row) => [
    row.contender,
    `${row.handshakesPerSecond.toFixed(0)}/s`,
    `${row.mebibytesPerSecond.toFixed(0)} MiB/s`,
    `${row.cpuPerMebibyte.toFixed(2)} ms`,
  ]);
  console.log(table([["TLS 1.3, P-256", "handshakes", "64 KiB one way", "CPU a MiB"], ...rows]));
}

/** What a request costs where its user is known, and how many can log on. */
async function http(): Promise<void> {
  const { requests, logons } = await measureHttp(native, size.http);
  const bare = requests["bare server"] ?? [];
  const known = requests["HttpAuthenticator"] ?? [];
  const row = (name: string, base: readonly number[], limit?: number): readonly string[] => {
    const ratio = median((requests[name] ?? []).map((time, round) => time / (base[round] ?? Number.NaN)));
    return [
      name,
      `${median(requests[name] ?? []).toFixed(1)} µs`,
      ratio.toFixed(3),
      limit === undefined ? "" : verdict(ratio, limit),
    ];
  };
  console.log(
    `${table([
      ["request on a known connection", "", "×", "target"],
      row("bare server", bare),
      row("bare server again", bare),
      row("HttpAuthenticator", bare, httpTargets.server),
      row("HttpAuthenticator, NegotiateDispatcher", known, httpTargets.client),
    ])}\n`,
  );
  const rates = Object.entries(logons).map(([name, perSecond]) => [name, `${median(perSecond).toFixed(0)}/s`]);
  console.log(table([["logons, each on a connection of its own, 8 at once", ""], ...rates]));
}

/** Kerberos of MIT's library beside C on the same library, and beside npm's package where `--npm-kerberos` asks for it. */
async function gssapi(folder: string): Promise<void> {
  const npmKerberos = process.argv.includes("--npm-kerberos") ? installNpmKerberos(folder) : undefined;
  const { ratios, growth } = await measureGssapi(native, size.gssapi, npmKerberos);
  for (const base of ["C", "npm kerberos"]) {
    const measured = ratios.filter((one) => Object.keys(one.ratios)[0] === base);
    if (measured.length > 0) console.log(`${ratioTable(measured, base)}\n${noise(measured, base)}\n`);
    if (base === "C") shown.ratios.push(...measured);
  }
  const [c = 0, api = 0] = ["C", "public API"].map((name) => (growth[name] ?? Number.NaN) / 2 ** 20);
  const rows = [
    ["C", `${c.toFixed(2)} MiB`, "", ""],
    [
      "public API",
      `${api.toFixed(2)} MiB`,
      `${(api - c).toFixed(2)} MiB`,
      verdict(api - c, gssapiGrowthTarget.mebibytes, " MiB"),
    ],
  ];
  const header = [`RSS growth, ${size.gssapi.handshakes} Kerberos handshakes`, "", "beyond C", "target"];
  console.log(`${table([header, ...rows])}\n`);
}

/** NTLM inside, whose users are in the file. */
async function credssp({ library, samFile }: Setting): Promise<void> {
  const rates = await credsspHandshakes({ library, samFile }, quick ? 100 : 1000);
  const rows = rates.map(({ contender, handshakesPerSecond }) => [contender, `${handshakesPerSecond.toFixed(0)}/s`]);
  console.log(`${table([["CredSSP, TLS 1.3, P-256, NTLM", "handshakes"], ...rows])}\n`);
}

function machine(): string {
  const date = new Date().toISOString().slice(0, 10);
  const busy = `load ${loadavg()[0]?.toFixed(1)}${quick ? ", a quick run" : ""}`;
  return `${date}, Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${busy}; WinPR 2, Kerberos on MIT's library`;
}

async function main(): Promise<void> {
  checkLibrary(library);
  compileNative(import.meta.dirname, native);
  await bundleProcesses(import.meta.dirname, native, [
    "measure-ratios",
    "measure-growth",
    "measure-load",
    "measure-gssapi",
    "http-server",
    "measure-http",
  ]);
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-bench-"));
  try {
    const samFile = join(folder, "SAM");
    // The password is "userpw".
    writeFileSync(samFile, "alice:::2e24f97bff26b2458887a9b16a3c2c39:::\n");
    const setting: Setting = { library, samFile, native };
    console.log(`node ${process.version}, load ${loadavg()[0]?.toFixed(2)}${quick ? ", quick: expect noise" : ""}\n`);
    const parts = {
      ratios: () => ratios(setting),
      imports,
      growth: () => growth(setting),
      load: () => load(setting),
      tls,
      credssp: () => credssp(setting),
      gssapi: () => gssapi(folder),
      http,
    };
    const wanted = (name: string): boolean => (picture ? pictured.includes(name) : only === undefined || only === name);
    for (const [name, part] of Object.entries(parts)) if (wanted(name)) await part();
    if (picture) writeFileSync(join(root, "docs", "bench.svg"), drawPicture({ ...shown, setting: machine() }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  console.error(`The benchmark needs what this machine does not have. ${error.message}`);
  process.exitCode = 1;
}
