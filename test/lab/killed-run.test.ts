import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { removeAbandoned } from "../../scripts/lab/owner.ts";
import { chosenNodes } from "../../scripts/windows/releases.ts";
import { markedProcesses, within } from "../windows/marked-processes.ts";

const [major = 22] = chosenNodes();
/**
 * Processes of each kind that a run starts: services, a peer, and Node for Windows with the parts of Wine that it
 * needs.
 */
const kinds = ["krb5kdc", "winbindd", "apache2", "gssapi-peer.py", "worker.mjs", "wineserver"];

function kindsAmong(mark: string): readonly string[] {
  const commands = markedProcesses(mark).map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "latin1");
    } catch {
      return "";
    }
  });
  return kinds.filter((kind) => commands.some((command) => command.includes(kind)));
}

it.each(["SIGTERM", "SIGKILL"] as const)("nothing outlives a run of the suites that is ended by %s", async (signal) => {
  const mark = randomUUID();
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  const suites = ["--project", `windows-node${major}`, "test/interop/gssapi.test.ts"];
  const run = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...suites], {
    env: { ...own, MARK: mark },
    stdio: "ignore",
  });
  const ended = once(run, "exit");
  expect(await within(30_000, () => kindsAmong(mark).length === kinds.length)).toBe(true);
  run.kill(signal);
  await ended;
  expect(await within(20_000, () => markedProcesses(mark).length === 0)).toBe(true);
  // The run leaves files only, and the next lab removes those.
  removeAbandoned(join(tmpdir(), "sspi-ffi-lab-"));
});
