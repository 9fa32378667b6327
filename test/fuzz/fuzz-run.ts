import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The task of a child process; it adds a line of JSON to `journal` for each case, and writes the current case to
 * `current`.
 */
export interface ChildTask {
  /** The first case to try: the cases before it have been tried. */
  readonly from: number;
  readonly current: string;
  readonly journal: string;
}

/** The case that a child was trying when it ended. */
export interface Current {
  readonly index: number;
  /** Everything that is needed to try the case again. */
  readonly case: string;
}

export interface FuzzRun<T> {
  readonly cases: readonly T[];
  /** Cases that ended the process, or never ended. */
  readonly fatal: readonly string[];
}

export interface FuzzOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The run stops after so many fatal cases. */
  readonly mostFatal?: number;
}

/** glibc checks freed memory, and fills memory that was never written or has been freed. */
const watchedHeap = { LD_PRELOAD: "libc_malloc_debug.so.0", MALLOC_CHECK_: "3", MALLOC_PERTURB_: "165" };
/** Milliseconds after which a case counts as endless: a case takes some thousandths of it. */
const patience = 20_000;
/** Milliseconds until the first case: a busy machine is slow to start a process. */
const startPatience = 120_000;

/**
 * Runs all cases in separate processes: these libraries are written in C, and a case that ends its process must not end
 * the suite. The run continues after such a case; `fatal` says how to try it again.
 */
export async function fuzz<T>(script: URL, task: object, options: FuzzOptions = {}): Promise<FuzzRun<T>> {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-fuzz-"));
  try {
    return await run(script, task, join(folder, "current"), join(folder, "journal"), options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run<T>(
  script: URL,
  task: object,
  current: string,
  journal: string,
  { env, mostFatal = 5 }: FuzzOptions,
): Promise<FuzzRun<T>> {
  const cases: T[] = [];
  const fatal: string[] = [];
  for (let from = 0; ; ) {
    for (const file of [current, journal]) writeFileSync(file, "");
    const ended = await child(script, { ...task, from, current, journal }, current, env);
    const lines = readFileSync(journal, "utf8").split("\n").slice(0, -1);
    for (const line of lines) cases.push(JSON.parse(line));
    if (ended.how === "exit 0") return { cases, fatal };
    const at = JSON.parse(readFileSync(current, "utf8").split("\n", 1)[0] || "{}") as Partial<Current>;
    if (at.index === undefined) throw new Error(`the process did not begin (${ended.how}): ${ended.stderr}`);
    const said = ended.stderr.trim().split("\n").at(-1) ?? "";
    fatal.push(`${ended.how}: ${at.case}${said && `\n${said.slice(0, 200)}`}`);
    if (fatal.length >= mostFatal) return { cases, fatal };
    from = at.index + 1;
  }
}

interface Ended {
  readonly how: string;
  readonly stderr: string;
}

function child(
  script: URL,
  task: ChildTask,
  current: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const args = ["--import", "tsx", fileURLToPath(script), JSON.stringify(task)];
  const heap = process.platform === "linux" ? watchedHeap : {};
  const running = spawn(process.execPath, args, {
    env: { ...process.env, WLOG_LEVEL: "OFF", ...heap, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  running.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  let hung = false;
  const begun = Date.now();
  const watch = setInterval(() => {
    const { size, mtimeMs } = statSync(current);
    if (Date.now() - Math.max(begun, mtimeMs) < (size > 0 ? patience : startPatience)) return;
    hung = true;
    running.kill("SIGKILL");
  }, 1_000);
  return new Promise((resolve) => {
    running.on("close", (code, signal) => {
      clearInterval(watch);
      resolve({ how: hung ? "no end" : (signal ?? `exit ${code}`), stderr });
    });
  });
}
