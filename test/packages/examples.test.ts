import { describe, expect, it } from "vitest";
import { runScript } from "../run-script.ts";

const example = (name: string) => new URL(`../../examples/${name}`, import.meta.url);
const timeout = 60_000;

describe("npm run demo without an SSPI library", () => {
  it("prints the libraries tried and what to install, and demonstrates the embedded package", { timeout }, async () => {
    const missing = "/nonexistent/libsspi.so";
    const { status, stderr, stdout } = await runScript(example("demo.ts"), [], {
      env: { SSPI_LIBRARY: missing },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`No SSPI library could be loaded. Tried:\n  ${missing}: `);
    if (process.platform === "linux") expect(stdout).toContain("apt-get install libwinpr");
    expect(stdout).toContain("SspiFfiPsk is sspi-ffi's own: client and server share a key. It is neither NTLM nor");
    expect(stdout).toContain('server decrypts  "The quick brown fox jumps over the lazy dog"');
    expect(stdout).toMatch(/alice with a wrong key\n(.*\n)*? {2}client refuses .*SEC_E_LOGON_DENIED/);
    expect(stdout).toContain("credentials 0, contexts 0, certificates 0, buffers 0, tokens 0");
  });
});

describe("examples/hand-over.ts", () => {
  const kinds = [
    ["node:child_process", []],
    ["node:cluster", ["--cluster"]],
  ] as const;

  it.each(kinds)("hands connections to %s workers, which continue to encrypt", { timeout }, async (_kind, args) => {
    const { status, stderr, stdout } = await runScript(example("hand-over.ts"), [...args]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const visit = (user: string, worker: number) => [
      `accepting process: ${user} is logged on, and goes to worker ${worker}`,
      `  ${user} hears: hello ${user}, this is worker ${worker}`,
      `  ${user} says good morning, and hears: good morning to you too`,
      `  ${user} says good night, and hears: good night to you too`,
    ];
    expect(stdout.trimEnd().split("\n")).toEqual([
      ...visit("alice", 1),
      ...visit("bob", 2),
      ...visit("carol", 1),
      "workers ended with 0 and 0",
      '{"credentials":0,"contexts":0,"certificates":0,"buffers":0,"tokens":0,"tls":0}',
    ]);
  });
});
