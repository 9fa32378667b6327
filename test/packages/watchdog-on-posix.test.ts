import { spawn } from "node:child_process";
import { describe, expect, it, onTestFinished } from "vitest";
import { nodeArguments } from "../fixtures/bundled-child.ts";
import { hasPackages } from "../fixtures/compiled-package.ts";

describe("a host's watchdog", () => {
  it.runIf(hasPackages)(
    "reports a package that waits for a thread which itself waits for the host",
    { timeout: 60_000 },
    async () => {
      const child = spawn(process.execPath, [...nodeArguments("test/fixtures/join-thread.ts")], {
        stdio: ["ignore", "inherit", "pipe"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      let text = "";
      for await (const chunk of child.stderr) {
        text += chunk;
        if (text.includes("\n")) break;
      }
      expect(text).toBe(
        "sspi-ffi: Fixture has not returned for 200 ms. If it waits for a thread of its own that calls the host, it waits for ever.\n",
      );
      expect(child.exitCode).toBeNull();
    },
  );
});
