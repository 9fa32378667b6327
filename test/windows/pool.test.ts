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
  it("runs tests in Node for Windows, with the project's environment and a Wine prefix of their own, and leaves nothing there", async () => {
    const { code, output } = await run("passes");
    expect(output).toContain("2 passed");
    expect(code).toBe(0);
    expect(readdirSync(WINEPREFIX).filter((name) => /^(prefix|worker)-/.test(name))).toEqual([]);
  });

  it("says where a test failed, in names of this system", async () => {
    const { code, output } = await run("fails");
    expect(output).toMatch(/expected 'win32' to be 'another'/);
    expect(output).toContain("test/windows/fixtures/fails.test.ts:4:28");
    expect(output).not.toMatch(/Z:/);
    expect(code).toBe(1);
  });

  it("says that Node crashed, how, and in which file", async () => {
    const { code, output } = await run("crashes");
    expect(output).toMatch(
      /Node \d+ for Windows (crashed: Unhandled page fault on read access to 0+10 .*|exited with code 5, as after an access violation) in test\/windows\/fixtures\/crashes/,
    );
    expect(code).toBe(1);
  });

  it("says that Node crashed in a package of the system's: Wine's NTLM has no memory to hand out", async () => {
    const { code, output } = await run("allocates");
    expect(output).toMatch(
      /Node \d+ for Windows (crashed: Unhandled page fault on write .*|exited with code 5, as after an access violation) in test\/windows\/fixtures\/allocates/,
    );
    expect(code).toBe(1);
  });

  it("says that Node aborted", async () => {
    const { code, output } = await run("aborts");
    expect(output).toMatch(/Node \d+ for Windows aborted .* in test\/windows\/fixtures\/aborts\.test\.ts/);
    expect(code).toBe(1);
  });

  it("ends a file that hangs when its time is up, and says so", async () => {
    const { code, output } = await run("hangs", { FIXTURE_TIMEOUT: "5000" });
    expect(output).toMatch(
      /Node \d+ for Windows hung \(no result for 5 s\) in test\/windows\/fixtures\/hangs\.test\.ts/,
    );
    expect(code).toBe(1);
  });
});

/** For a run of the file that hangs: what tells its processes, and when it has come to the endless loop. */
function hanging(): { mark: string; env: Readonly<Record<string, string>>; started: () => boolean } {
  const mark = randomUUID();
  const file = join(folder, mark);
  return { mark, env: { MARK: mark, STARTED: file }, started: () => existsSync(file) };
}

/** The worker among processes: Wine shows the program that it runs. */
function workerAmong(pids: readonly number[]): number | undefined {
  return pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("worker.mjs"));
}

describe("nothing of the Windows pool outlives", () => {
  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "Vitest when that is ended by %s in the middle",
    async (signal) => {
      const { mark, env, started } = hanging();
      const child = vitest("hangs", env);
      const ended = once(child, "exit");
      expect(await within(20_000, started)).toBe(true);
      expect(workerAmong(markedProcesses(mark))).toBeDefined();
      child.kill(signal);
      await ended;
      expect(await within(20_000, () => markedProcesses(mark).length === 0)).toBe(true);
    },
  );

  it("a worker that is killed: Vitest says so and ends", async () => {
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
