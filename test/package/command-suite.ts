import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { needs } from "../lab/needs.ts";
import { TypedPrompt } from "./typed-prompt.ts";

/** The prompt that Node's REPL shows for a continuation line. */
const more = Number.parseInt(process.versions.node, 10) >= 24 ? "| " : "... ";

/** Tests of `npx sspi-ffi` in a project that has the package installed. */
export function commandSuite(project: string): void {
  const installed = join(project, "node_modules/sspi-ffi");
  const program = (): string => {
    const { bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    return realpathSync(join(installed, bin["sspi-ffi"]));
  };
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}, input = "") => {
    const { WLOG_LEVEL: _, ...inherited } = process.env;
    const options = { cwd: project, encoding: "utf8", input, env: { ...inherited, ...env } } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [program(), ...args], options);
    return { status, stdout, stderr };
  };

  describe("the installed command", () => {
    it("has a node interpreter line and is executable", () => {
      expect(readFileSync(program(), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
      expect(
        spawnSync("npx", ["--no-install", "sspi-ffi", "--version"], { cwd: installed, encoding: "utf8" }).status,
      ).toBe(0);
    });

    it("explains a token from standard input, and explains a status", () => {
      const header = "< WWW-Authenticate: NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=\n";
      const { status, stdout, stderr } = run(["explain", "-"], {}, header);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toContain("NTLM NEGOTIATE_MESSAGE, 32 bytes");
      expect(run(["status", "80090308"]).stdout).toContain("SEC_E_INVALID_TOKEN (0x80090308, -2146893048)");
    });

    it("lists the packages without any output of WinPR's log", () => {
      const { status, stdout, stderr } = run(["packages"]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(/^NTLM +\d+ +libwinpr/m);
    });

    it("traces acquisitions and legs with NODE_DEBUG=sspi-ffi, and nothing without it", () => {
      const program_ = `import { ClientContext, Credential } from "sspi-ffi";
        const credential = await Credential.acquire({ package: "NTLM", use: "outbound", identity: { user: "alice", password: "userpw" } });
        new ClientContext(credential).stepSync();`;
      const traced = (NODE_DEBUG: string): string =>
        spawnSync(process.execPath, ["--input-type=module", "--eval", program_], {
          cwd: project,
          encoding: "utf8",
          env: { ...process.env, WLOG_LEVEL: "OFF", NODE_DEBUG },
        }).stderr;
      const [acquired, leg] = traced("sspi-ffi").split("\n");
      expect(acquired).toMatch(/^SSPI-FFI \d+: acquire outbound NTLM of the given identity by libwinpr.*: SEC_E_OK, /);
      expect(leg).toMatch(
        /: context 1, client's leg 1 of NTLM: 0 bytes in, \d+ out by libwinpr.*: SEC_I_CONTINUE_NEEDED, /,
      );
      expect(traced("")).toBe("");
    });
  });

  describe("the installed doctor", () => {
    needs("krb5kdc");

    const diagnosed = (env: NodeJS.ProcessEnv) => {
      const { status, stdout } = run(["doctor", "--json"], env);
      const { healthy, findings } = JSON.parse(stdout);
      return {
        status,
        healthy,
        found: (check: string) => findings.find((one: { check: string }) => one.check === check),
      };
    };

    it("reports a machine in a domain as healthy: library, user, tickets and KDC", () => {
      const { environment, tickets } = inject("lab");
      const { status, healthy, found } = diagnosed({ ...environment, KRB5CCNAME: `FILE:${tickets.alice}` });
      expect({ status, healthy }).toEqual({ status: 0, healthy: true });
      expect(found("libraries").found[0]).toMatch(/^libwinpr.* is taken$/);
      expect(found("who am I").found[0]).toContain("alice@EXAMPLE.TEST");
      expect(found("tickets")).toMatchObject({
        state: "ok",
        found: [expect.stringMatching(/^alice@EXAMPLE\.TEST, until /)],
      });
      expect(found("krb5.conf")).toMatchObject({ state: "ok" });
      expect(found("KDC")).toMatchObject({ state: "ok", found: [expect.stringMatching(/ takes connections$/)] });
    });

    it("names the libraries tried and what to install when no library loads, and exits with 1", () => {
      const { environment } = inject("lab");
      const { status, healthy, found } = diagnosed({ ...environment, SSPI_LIBRARY: "/nonexistent.so" });
      expect({ status, healthy }).toEqual({ status: 1, healthy: false });
      expect(found("libraries")).toMatchObject({
        state: "problem",
        found: [expect.stringMatching(/^\/nonexistent\.so: .+/)],
        advice: expect.stringContaining("Install WinPR"),
      });
    });
  });

  describe("the installed prompt in a terminal", () => {
    it("shares its realm with the library, supports import, explains names, and keeps no secret in the history", async () => {
      const history = join(project, "history");
      const prompt = new TypedPrompt([process.execPath, program()], project, {
        ...process.env,
        NODE_REPL_HISTORY: history,
      });
      expect(await prompt.shown()).toMatch(/^sspi-ffi on libwinpr/);
      expect(await prompt.type('packages().find(({ name }) => name === "NTLM").name')).toBe("'NTLM'");
      const names = "[embeddedHost, CredsspStream, HttpAuthenticator, NegotiateDispatcher, explain, raw.SecBuffer]";
      expect(await prompt.type(`${names}.every(Boolean)`)).toBe("true");
      await prompt.type(
        'const c = Credential.acquireSync({ package: "NTLM", use: "outbound", identity: { user: "alice", password: "userpw" } })',
      );
      await prompt.type("const context = new ClientContext(c)");
      await prompt.type("const { token } = context.stepSync()");
      expect(await prompt.type("token instanceof Uint8Array && token")).toMatch(/^<Buffer 4e 54 4c 4d 53 53 50 /);
      expect(await prompt.type("try { packages(7) } catch (error) { error instanceof Error }")).toBe("true");
      await prompt.type("import { basename,", more);
      await prompt.type('dirname as folder } from "node:path"');
      expect(await prompt.type('basename("/a/b") + folder("/a/b")')).toBe("'b/a'");
      await prompt.type('import { SecBuffer } from "sspi-ffi/raw"');
      expect(await prompt.type("SecBuffer")).toContain("0       cbBuffer    u32\n4       BufferType  u32");
      expect(await prompt.type("await Promise.resolve(41) + 1")).toBe("42");
      expect(await prompt.type("help(raw.FreeContextBuffer)")).toMatch(
        /FreeContextBuffer\(\n.*nf-sspi-freecontextbuffer$/s,
      );
      await prompt.type("context.close()");
      await prompt.type("c.close()");
      expect(await prompt.leave()).toBe(0);
      const kept = readFileSync(history, "utf8");
      expect(kept).toContain("await Promise.resolve(41) + 1");
      expect(kept).not.toContain("userpw");
      expect(statSync(history).mode & 0o077).toBe(0);
    });
  });
}
