import { describe, expect, it } from "vitest";
import { providers } from "../live/providers.ts";
import { runScript } from "../run-script.ts";

const file = new URL("process-end.ts", import.meta.url);

describe.each(providers.map((provider) => ({ label: provider.label })))(
  "a process that took steps off the event loop on $label",
  ({ label }) => {
    it.each([
      ["main", "8 handshakes\n"],
      ["worker", "8 handshakes\nworker ended with 0\n"],
    ])("ends as it should, with the library's threads: from the %s thread", async (where, output) => {
      const child = await runScript(file, [label, where]);
      expect({ signal: child.signal, status: child.status, stdout: child.stdout }).toEqual({
        signal: null,
        status: 0,
        stdout: output,
      });
    });
  },
);
