import { spawn } from "node:child_process";
import { describe, expect, it, onTestFinished } from "vitest";
import { PackageHost } from "../../src/packages.ts";
import { nodeArguments } from "../fixtures/bundled-child.ts";
import { hasPackages } from "../fixtures/compiled-package.ts";
import { handshake } from "./hosted.ts";
import { testPackage } from "./test-package.ts";

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

  it("keeps neither the process alive nor disturbs calls that return", () => {
    using host = new PackageHost({ watchdog: 60_000 });
    using defined = testPackage();
    host.add(defined);
    for (let round = 0; round < 100; round += 1) handshake(host.provider)[Symbol.dispose]();
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
    host.close();
  });

  it("refuses a time that is no positive integer", () => {
    for (const watchdog of [0, -1, 0.5]) expect(() => new PackageHost({ watchdog })).toThrow(/watchdog: expected/);
    expect(() => new PackageHost({ watchdog: "soon" as never })).toThrow(/watchdog: expected a number/);
  });
});
