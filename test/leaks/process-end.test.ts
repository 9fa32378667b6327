import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { providers } from "../live/providers.ts";

const file = fileURLToPath(new URL("process-end.ts", import.meta.url));

describe.each(providers.map((provider) => ({ label: provider.label })))(
  "a process that took steps off the event loop on $label",
  ({ label }) => {
    it.each([
      ["main", "8 handshakes\n"],
      ["worker", "8 handshakes\nworker ended with 0\n"],
    ])("ends as it should, with the library's threads: from the %s thread", (where, output) => {
      const child = spawnSync(process.execPath, ["--import", "tsx", file, label, where], {
        encoding: "utf8",
        timeout: 60_000,
      });
      expect({ signal: child.signal, status: child.status, stdout: child.stdout }).toEqual({
        signal: null,
        status: 0,
        stdout: output,
      });
    });
  },
);
