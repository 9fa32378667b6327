import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { runCommand } from "../../scripts/lab/command.ts";
import type { Lab } from "../../scripts/lab/description.ts";
import { removeAbandoned } from "../../scripts/lab/owner.ts";
import { startService } from "../../scripts/lab/service.ts";
import { markedProcesses, within } from "../windows/marked-processes.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-lab-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runs(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
}

/** A lab of a process of its own. */
async function keep(state: string): Promise<{ lab: Lab; keeper: ReturnType<typeof spawn> }> {
  const keeper = spawn(process.execPath, ["--import", "tsx", "scripts/lab/keeper.ts", state], { stdio: "inherit" });
  expect(await within(15_000, () => existsSync(state))).toBe(true);
  return { lab: JSON.parse(readFileSync(state, "utf8")).lab, keeper };
}

describe("the lab", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)("ends with whoever keeps it, here by %s", async (signal) => {
    const { lab, keeper } = await keep(join(folder, signal));
    const pids = Object.values(lab.processes);
    expect(pids.map(runs)).toEqual([true, true, true]);
    expect(markedProcesses(lab.folder).length).toBeGreaterThanOrEqual(pids.length);
    const ended = once(keeper, "exit");
    keeper.kill(signal);
    await ended;
    // Not only what we started, but what that has started in its turn.
    expect(await within(10_000, () => !pids.some(runs) && markedProcesses(lab.folder).length === 0)).toBe(true);
    removeAbandoned(join(tmpdir(), "sspi-ffi-lab-"));
    expect(existsSync(lab.folder)).toBe(false);
  });

  it("has services that answer: Kerberos lets alice in at the web server", () => {
    const { web, environment } = inject("lab");
    const env = { ...process.env, ...environment, no_proxy: "localhost" };
    const curl = ["curl", "--silent", "--show-error", "--include"] as const;
    expect(runCommand([...curl, "--negotiate", "--user", ":", web.kerberosUrl], { env })).toContain(
      "X-User: alice@EXAMPLE.TEST",
    );
    expect(runCommand([...curl, web.kerberosUrl], { env })).toContain("401 Unauthorized");
  });

  it("has winbindd know alice's password from others", () => {
    const { environment } = inject("lab");
    const login = (password: string): string =>
      runCommand(["ntlm_auth", "--username=alice", "--domain=TESTSRV", `--password=${password}`], {
        env: { ...process.env, ...environment },
      });
    expect(login("userpw")).toBeDefined();
    expect(() => login("wrong")).toThrow("NT_STATUS_WRONG_PASSWORD");
  });

  it("says what a service said that does not come up", async () => {
    const options = { name: "a service", env: process.env, log: join(folder, "log"), ready: () => false };
    await expect(
      startService({ ...options, command: ["/bin/sh", "-c", "echo no configuration; exit 1"] }),
    ).rejects.toThrow("a service ended:\nno configuration");
  });
});
