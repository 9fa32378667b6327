import { describe, expect, it } from "vitest";
import { runScript } from "../run-script.ts";
import { freshTickets } from "./kerberos.ts";

const example = (name: string) => new URL(`../../examples/${name}`, import.meta.url);

describe("examples on Kerberos of the system's GSSAPI", () => {
  freshTickets();

  it("hand-over.ts gives contexts to processes that continue their sequence numbers, and read names", async () => {
    const { status, stderr, stdout } = await runScript(example("hand-over.ts"), ["--kerberos"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const visit = (worker: number) => [
      `accepting process: alice@EXAMPLE.TEST is logged on, and goes to worker ${worker}`,
      `  you hears: hello alice@EXAMPLE.TEST, this is worker ${worker}`,
      "  you says good morning, and hears: good morning to you too",
      "  you says good night, and hears: good night to you too",
    ];
    expect(stdout.trimEnd().split("\n").slice(0, -1)).toEqual([...visit(1), ...visit(2), "workers ended with 0 and 0"]);
  });

  it("demo.ts completes Kerberos where there is no WinPR and the KDC of the lab is up, and says so", async () => {
    const { status, stderr, stdout } = await runScript(example("demo.ts"), [], { env: { SSPI_LIBRARY: "gssapi" } });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("the demo runs on Kerberos of the system's GSSAPI");
    expect(stdout).toContain("alice@EXAMPLE.TEST logs on with Kerberos");
    expect(stdout).toContain('server decrypts  "The quick brown fox jumps over the lazy dog"');
    expect(stdout).toMatch(/with a wrong password\n(.*\n)*? {2}client refuses .*SEC_E_LOGON_DENIED/);
    expect(stdout).toContain("credentials 0, contexts 0, certificates 0, buffers 0, tokens 0");
  });

  it("demo.ts runs on the embedded package where the user has no ticket, and says why", async () => {
    const env = { SSPI_LIBRARY: "gssapi", KRB5CCNAME: "FILE:/nowhere/ccache" };
    const { status, stdout } = await runScript(example("demo.ts"), [], { env });
    expect(status).toBe(0);
    expect(stdout).toContain("the demo runs on the embedded package");
    expect(stdout).toMatch(/logs nobody on here: AcquireCredentialsHandleW: SEC_E_NO_CREDENTIALS/);
    expect(stdout).toContain("alice logs on with SspiFfiPsk");
  });
});
