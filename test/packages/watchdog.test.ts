import { describe, expect, it } from "vitest";
import { PackageHost } from "../../src/packages.ts";
import { handshake } from "./hosted.ts";
import { testPackage } from "./test-package.ts";

describe("a host's watchdog", () => {
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
