import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startLab } from "../../scripts/lab/start.ts";
import { CompiledLibraries } from "../fixtures/compiled-library.ts";
import type { Sequence } from "./any-order-child.ts";
import type { Amount } from "./cases.ts";
import type { Tried } from "./changed-messages-child.ts";
import type { CorpusName } from "./corpora.ts";
import { fuzz } from "./fuzz-run.ts";
import type { Lied } from "./lying-provider-child.ts";
import { type StreamWorldName, streamWorldNames } from "./stream-worlds.ts";
import type { Connection } from "./streams-child.ts";

// npm run fuzz -- --minutes N [--seed S]: all cases, with other seeds until the time is over.

const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
const minutes = Number(values.minutes ?? "10");
const first = Number(values.seed ?? Math.floor(Math.random() * 2 ** 30));
if (!(minutes > 0) || !Number.isSafeInteger(first)) throw new Error("npm run fuzz -- --minutes N [--seed S]");

const corpora: readonly CorpusName[] = [
  "WinPR 2 NTLM",
  "WinPR 2 Negotiate",
  "WinPR 3 NTLM",
  "WinPR 3 Negotiate",
  "WinPR 3 Kerberos",
  "WinPR 3's Negotiate server",
  "WinPR 3's Negotiate client",
  "GSSAPI Kerberos",
  "GSSAPI Negotiate",
  "embedded",
  "hosted, in TypeScript",
  "hosted, in C",
  "TLS 1.2",
  "TLS 1.3",
  "TSRequest",
];
/** The functions of `sspi-ffi/raw` are called where the process uses one library only. */
const rawLibraries: Readonly<Record<string, string>> = { "WinPR 2": "libwinpr2.so.2", "WinPR 3": "libwinpr3.so.3" };
const worlds = ["WinPR 2", "WinPR 3", "GSSAPI Kerberos", "GSSAPI Negotiate", "embedded", "hosted"] as const;
const amount: Amount = { structured: 5, bytes: 10, random: 60 };
const script = (name: string): URL => new URL(`${name}-child.ts`, import.meta.url);

const libraries = new CompiledLibraries();
const library = libraries.compile("lying-provider.c", "lying-provider.so", {});
const { lab, stop } = await startLab();
const ccache = join(lab.folder, "fuzz-ccache");
Object.assign(process.env, lab.environment, { KRB5CCNAME: `FILE:${ccache}` });
let findings = 0;
let cases = 0;

function tell(what: string, found: readonly unknown[]): void {
  for (const one of found) console.log(`${what}: ${typeof one === "string" ? one : JSON.stringify(one)}`);
  findings += found.length;
}

async function messages(name: CorpusName, seed: number): Promise<void> {
  const run = await fuzz<Tried>(script("changed-messages"), { names: [name], seeds: [seed], amount });
  const known = /^(SEC_E_[A-Z_]+|continue|complete|incomplete-message|over|nothing|opened|verified)$/;
  tell("ended", run.fatal);
  tell(
    `${name}, seed ${seed}`,
    run.cases.filter(
      ({ answer, held, whole, place }) =>
        !known.test(answer) ||
        held !== 0 ||
        (!whole && (/^(opened|verified)$/.test(answer) || (place === "authenticate" && answer === "complete"))),
    ),
  );
  cases += run.cases.length;
}

async function calls(name: (typeof worlds)[number], seed: number, hostile: boolean): Promise<void> {
  const library = rawLibraries[name];
  const task = { names: [name], seeds: [seed], rows: 100, calls: 100, hostile, raw: library !== undefined };
  const run = await fuzz<Sequence>(script("any-order"), task, library ? { env: { SSPI_LIBRARY: library } } : {});
  tell("ended", run.fatal);
  tell(
    `${name}, seed ${seed}`,
    run.cases.filter(({ flaws, held }) => flaws.length > 0 || held !== 0),
  );
  cases += run.cases.length;
}

async function connections(name: StreamWorldName, seed: number): Promise<void> {
  const run = await fuzz<Connection>(script("streams"), { names: [name], seeds: [seed], rows: 50, calls: 60 });
  tell("ended", run.fatal);
  tell(
    `${name}, seed ${seed}`,
    run.cases.filter(({ flaws, held }) => flaws.length > 0 || held !== 0),
  );
  cases += run.cases.length;
}

async function lies(seed: number): Promise<void> {
  const run = await fuzz<Lied>(script("lying-provider"), { library, seeds: [seed], rows: 500 });
  tell("ended", run.fatal);
  tell(
    `lies, seed ${seed}`,
    run.cases.filter(({ flaws, held }) => flaws.length > 0 || held !== 0),
  );
  cases += run.cases.length;
}

try {
  const end = Date.now() + minutes * 60_000;
  for (let seed = first; Date.now() < end; seed += 1000) {
    console.log(`seed ${seed}`);
    copyFileSync(lab.tickets.alice, ccache);
    const tasks = [
      ...corpora.map((name) => () => messages(name, seed)),
      ...worlds.flatMap((name) => [false, true].map((hostile) => () => calls(name, seed, hostile))),
      ...streamWorldNames.map((name) => () => connections(name, seed)),
      () => lies(seed),
    ];
    for (const task of tasks) if (Date.now() < end) await task();
  }
} finally {
  await stop();
  libraries.remove();
}
console.log(`${cases} cases, ${findings} findings`);
process.exitCode = findings > 0 ? 1 : 0;
