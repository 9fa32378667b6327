import { describe, expect, it } from "vitest";
import { RootNeededError, shellLine } from "../../scripts/provision/as-root.ts";

describe("RootNeededError, for a user without root and sudo", () => {
  it("lists every command to run as root", () => {
    const { message } = new RootNeededError([
      ["apt-get", "update"],
      ["sh", "/home/dev/sspi-ffi/install.sh", "gcc", "curl"],
    ]);
    expect(message).toContain("not root, and sudo is not installed");
    expect(message).toMatch(/\n {2}apt-get update\n {2}sh \/home\/dev\/sspi-ffi\/install\.sh gcc curl$/);
  });
});

describe("shellLine()", () => {
  it("returns a command that can be pasted into a shell: words with special characters are quoted", () => {
    expect(shellLine(["sh", "-c", 'printf %s "$1" > it\'s', "A=b"])).toBe(`sh -c 'printf %s "$1" > it'\\''s' A=b`);
  });
});
