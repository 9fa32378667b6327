import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { checkIntegrity, unpackedArchive } from "../../scripts/windows/npm-archive.ts";
import { chosenNodes } from "../../scripts/windows/releases.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-archive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the npm archives of the Windows suites", () => {
  it("are accepted only with the expected hash", () => {
    const file = join(folder, "archive.tgz");
    const integrity = "sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==";
    const archive = { name: "a-package", version: "1.0.0", integrity };
    writeFileSync(file, "hello");
    expect(() => checkIntegrity(archive, file)).not.toThrow();
    writeFileSync(file, "hello!");
    expect(() => checkIntegrity(archive, file)).toThrow(/a-package 1\.0\.0: expected sha512-m3HS.* sent sha512-/);
  });

  it("that cannot be fetched cause an error with npm's reason, and leave no file behind", () => {
    const archive = { name: "a-package", version: "1.0.0", integrity: "" };
    const target = join(folder, "a-package");
    vi.stubEnv("npm_config_registry", "http://127.0.0.1:9/");
    vi.stubEnv("npm_config_fetch_retries", "0");
    vi.stubEnv("npm_config_cache", join(folder, "cache"));
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => unpackedArchive(archive, target)).toThrow(
      /^npm pack a-package@1\.0\.0 .*failed: npm error .*ECONNREFUSED/,
    );
    expect(readdirSync(folder).filter((name) => name.startsWith("a-package"))).toEqual([]);
  });

  it("are those of the Node versions in SSPI_WINDOWS_NODES", () => {
    expect(chosenNodes("22,20", "x64")).toEqual([22, 20]);
    expect(chosenNodes("24", "x64")).toEqual([24]);
    expect(() => chosenNodes("24", "ia32")).toThrow("SSPI_WINDOWS_NODES: expected some of 22, got 24");
    expect(() => chosenNodes("18", "x64")).toThrow("SSPI_WINDOWS_NODES: expected some of 20,22,24, got 18");
  });
});
