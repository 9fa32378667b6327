import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { makePrefix, stopPrefix } from "../../scripts/windows/wine.ts";
import { markedProcesses, within } from "./marked-processes.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-pool-"));
const WINEPREFIX = makePrefix(join(folder, "prefix"));
afterAll(() => {
  stopPrefix(WINEPREFIX);
  rmSync(folder, { recursive: true, force: true });
});

function vitest(fixture: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  const args = ["run", "--root", ".", "--config", "test/windows/fixtures/vitest.config.ts", fixture];
  return spawn(process.execPath, ["node_modules/vitest/vitest.mjs", ...args], { env: { ...own, WINEPREFIX, ...env } });
}

async function run(fixture: string, env?: Readonly<Record<string, string>>): Promise<{ code: number; output: string }> {
  const child = vitest(fixture, env);
  const [[code], out, err] = await Promise.all([
    once(child, "exit") as Promise<[number]>,
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  return { code, output: stripVTControlCharacters(out + err) };
}

describe("the Windows pool", () => {
  it("runs tests in Node for Windows with the project's environment and their own Wine prefix, and removes the prefix", async () => {
    const { code, output } = await run("passes");
    expect(output).toContain("2 passed");
    expect(code).toBe(0);
    expect(readdirSync(WINEPREFIX).filter((name) => /^(prefix|worker)-/.test(name))).toEqual([]);
  });

  it("reports the place of a failure with this system's file names", async () => {
    const { code, output } = await run("fails");
    expect(output).toMatch(/expected 'win32' to be 'another'/);
    expect(output).toContain("test/windows/fixtures/fails.test.ts:4:28");
    expect(output).not.toMatch(/Z:/);
    expect(code).toBe(1);
  });

  it("reports that Node crashed, how, and in which file", async () => {
    const { code, output } = await run("crashes");
    expect(output).toMatch(
      /Node \d+ for Windows (crashed: Unhandled page fault on read access to 0+10 .*|exited with code 5, as after an access violation) in test\/windows\/fixtures\/crashes/,
    );
    expect(code).toBe(1);
  });

  it("reports that Node crashed in Wine's NTLM, which fails to allocate its tokens", async () => {
    const { code, output } = await run("allocates");
    expect(output).toMatch(
      /Node \d+ for Windows (crashed: Unhandled page fault on write .*|exited with code 5, as after an access violation) in test\/windows\/fixtures\/allocates/,
    );
    expect(code).toBe(1);
  });

  it("reports that Node aborted", async () => {
    const { code, output } = await run("aborts");
    expect(output).toMatch(/Node \d+ for Windows aborted .* in test\/windows\/fixtures\/aborts\.test\.ts/);
    expect(code).toBe(1);
  });

  it("ends a file that exceeds its time, and reports that it hung", async () => {
    const { code, output } = await run("hangs", { FIXTURE_TIMEOUT: "5000" });
    expect(output).toMatch(
      /Node \d+ for Windows hung \(no result for 5 s\) in test\/windows\/fixtures\/hangs\.test\.ts/,
    );
    expect(code).toBe(1);
  });
});

/** For a run of the hanging file: its processes' mark, its environment, and whether it reached the endless loop. */
function hanging(): { mark: string; env: Readonly<Record<string, string>>; started: () => boolean } {
  const mark = randomUUID();
  const file = join(folder, mark);
  return { mark, env: { MARK: mark, STARTED: file }, started: () => existsSync(file) };
}

/** Finds the worker among processes by its command line, in which Wine shows the Windows program. */
function workerAmong(pids: readonly number[]): number | undefined {
  return pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("worker.mjs"));
}

describe("no process of the Windows pool remains", () => {
  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("after Vitest was ended by %s during a test", async (signal) => {
    const { mark, env, started } = hanging();
    const child = vitest("hangs", env);
    const ended = once(child, "exit");
    expect(await within(20_000, started)).toBe(true);
    expect(workerAmong(markedProcesses(mark))).toBeDefined();
    child.kill(signal);
    await ended;
    expect(await within(20_000, () => markedProcesses(mark).length === 0)).toBe(true);
  });

  it("after a worker was killed: Vitest reports it and ends", async () => {
    const { mark, env, started } = hanging();
    const running = run("hangs", env);
    expect(await within(20_000, started)).toBe(true);
    process.kill(workerAmong(markedProcesses(mark)) as number, "SIGKILL");
    const { code, output } = await running;
    expect(output).toMatch(/Node \d+ for Windows was ended by SIGKILL in test\/windows\/fixtures\/hangs\.test\.ts/);
    expect(code).toBe(1);
    expect(await within(20_000, () => markedProcesses(mark).length === 0)).toBe(true);
  });
});
