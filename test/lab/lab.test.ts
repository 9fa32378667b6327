import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { runCommand } from "../../scripts/lab/command.ts";
import type { Lab, Tickets } from "../../scripts/lab/description.ts";
import type { OnDemandName } from "../../scripts/lab/on-demand.ts";
import { removeAbandoned } from "../../scripts/lab/owner.ts";
import { startService } from "../../scripts/lab/service.ts";
import { markedProcesses, within } from "../windows/marked-processes.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-lab-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runs(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
}

/** A lab in a separate process. */
async function keep(
  state: string,
  ...services: readonly OnDemandName[]
): Promise<{ lab: Lab; keeper: ReturnType<typeof spawn> }> {
  const keeper = spawn(process.execPath, ["--import", "tsx", "scripts/lab/keeper.ts", state, ...services], {
    stdio: "inherit",
  });
  expect(await within(services.length > 0 ? 100_000 : 15_000, () => existsSync(state))).toBe(true);
  return { lab: JSON.parse(readFileSync(state, "utf8")).lab, keeper };
}

/** The environment for a program that uses a copy of somebody's tickets. */
function ticketsOf(whose: keyof Tickets): Readonly<Record<string, string | undefined>> {
  const { tickets, environment } = inject("lab");
  const cache = join(folder, `${whose}-${randomUUID()}`);
  copyFileSync(tickets[whose], cache);
  return { ...process.env, ...environment, KRB5CCNAME: `FILE:${cache}` };
}

describe("the lab", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)("ends when the process that keeps it ends, here by %s", async (signal) => {
    const { lab, keeper } = await keep(join(folder, signal));
    const pids = Object.values(lab.processes);
    expect(pids.map(runs)).toEqual([true, true, true]);
    expect(markedProcesses(lab.folder).length).toBeGreaterThanOrEqual(pids.length);
    const ended = once(keeper, "exit");
    keeper.kill(signal);
    await ended;
    // Not only the processes that this test started, but also their children.
    expect(await within(10_000, () => !pids.some(runs) && markedProcesses(lab.folder).length === 0)).toBe(true);
    removeAbandoned(join(tmpdir(), "sspi-ffi-lab-"));
    expect(existsSync(lab.folder)).toBe(false);
  });

  it.each(["SIGTERM", "SIGKILL"] as const)(
    "also ends services that were started on request, here by %s",
    async (signal) => {
      const { lab, keeper } = await keep(
        join(folder, `services-${signal}`),
        "samba",
        "freerdp2",
        "freerdp3",
        "rdesktop",
      );
      const started = markedProcesses(lab.folder).length;
      expect(started).toBeGreaterThan(Object.keys(lab.processes).length);
      const ended = once(keeper, "exit");
      keeper.kill(signal);
      await ended;
      expect(await within(10_000, () => markedProcesses(lab.folder).length === 0)).toBe(true);
      removeAbandoned(join(tmpdir(), "sspi-ffi-lab-"));
      expect(existsSync(lab.folder)).toBe(false);
    },
  );

  it("has services that answer: Kerberos lets alice in at the web server", () => {
    const { web, environment } = inject("lab");
    const env = { ...process.env, ...environment, no_proxy: "localhost" };
    const curl = ["curl", "--silent", "--show-error", "--include"] as const;
    expect(runCommand([...curl, "--negotiate", "--user", ":", web.kerberosUrl], { env })).toContain(
      "X-User: alice@EXAMPLE.TEST",
    );
    expect(runCommand([...curl, web.kerberosUrl], { env })).toContain("401 Unauthorized");
  });

  it.each(["alice", "otherAlice", "bob"] as const)(
    "has realms that trust each other: tickets for %s in both",
    (whose) => {
      const services = ["HTTP/localhost@EXAMPLE.TEST", "HTTP/web.other.test@OTHER.TEST"];
      const got = runCommand(["kvno", ...services], { env: ticketsOf(whose) });
      for (const service of services) expect(got).toContain(`${service}: kvno = `);
    },
  );

  it("has a ticket that alice can hand on, and one that she cannot", () => {
    const flags = (whose: keyof Tickets): string => runCommand(["klist", "-f"], { env: ticketsOf(whose) });
    expect(flags("forwardable")).toMatch(/Flags: .*F/);
    expect(flags("alice")).not.toMatch(/Flags: .*F/);
  });

  it("has one realm that insists on pre-authentication, and one that does not", () => {
    const asked = (user: string): string => {
      const trace = join(folder, `trace-${user}`);
      const env = { ...ticketsOf("alice"), KRB5_TRACE: trace };
      spawnSync("kinit", [user], { env, input: "wrong\n" });
      return readFileSync(trace, "utf8");
    };
    expect(asked("alice@OTHER.TEST")).toContain("Additional pre-authentication required");
    expect(asked("alice@EXAMPLE.TEST")).not.toContain("Additional pre-authentication required");
  });

  it("has services that are known with their port only", () => {
    const get = (service: string): string => runCommand(["kvno", service], { env: ticketsOf("alice") });
    expect(get("MSSQLSvc/db.example.test:1433@EXAMPLE.TEST")).toContain("kvno = ");
    expect(() => get("MSSQLSvc/db.example.test@EXAMPLE.TEST")).toThrow("not found in Kerberos database");
  });

  it("has a realm whose KDC never answers", () => {
    const command = ["kvno", "HTTP/web.silent.test@SILENT.TEST"];
    const { signal, stderr } = spawnSync("timeout", ["--signal=KILL", "2", ...command], { env: ticketsOf("alice") });
    expect([signal, stderr.toString()]).toEqual(["SIGKILL", ""]);
  });

  it("has winbindd tell alice's password from a wrong one", () => {
    const { environment } = inject("lab");
    const login = (password: string): string =>
      runCommand(["ntlm_auth", "--username=alice", "--domain=TESTSRV", `--password=${password}`], {
        env: { ...process.env, ...environment },
      });
    expect(login("userpw")).toBeDefined();
    expect(() => login("wrong")).toThrow("NT_STATUS_WRONG_PASSWORD");
  });

  it("reports what a service said that does not start", async () => {
    const options = { name: "a service", env: process.env, log: join(folder, "log"), ready: () => false };
    await expect(
      startService({ ...options, command: ["/bin/sh", "-c", "echo no configuration; exit 1"] }),
    ).rejects.toThrow("a service ended:\nno configuration");
  });
});
