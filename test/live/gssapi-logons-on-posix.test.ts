import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { SECPKG_CRED_OUTBOUND } from "../../generated/sspi/constants.ts";
import { SEC_E_INVALID_PARAMETER, SEC_E_OK } from "../../generated/status/constants.ts";
import { otherRealm, realmName, users } from "../../scripts/lab/accounts.ts";
import { componentFile } from "../../scripts/lab/components.ts";
import { CredentialStore } from "../../src/gssapi/index.ts";
import { ClientContext, Credential, gssapiProvider, type Identity, live, ServerContext } from "../../src/index.ts";
import { Arena } from "../../src/memory/index.ts";
import { runScript } from "../run-script.ts";
import type { Logons } from "./gssapi-environment.ts";
import { freshTickets, Kerberos } from "./kerberos.ts";

const provider = gssapiProvider();
const packages = ["Kerberos", "Negotiate"] as const;
const alice = { user: "alice", domain: realmName, password: users.alice } as const;

/** The file of the process's ticket cache. */
const cacheFile = (): string => (process.env["KRB5CCNAME"] ?? "").replace(/^FILE:/, "");

function acquire(name: (typeof packages)[number], identity: Identity): Promise<Credential> {
  return Credential.acquire({ package: name, use: "outbound", provider, identity });
}

describe("logons with a password over GSSAPI", () => {
  freshTickets();

  const ambient = {
    "that user's tickets": () => {},
    "another user's tickets": () => copyFileSync(inject("lab").tickets.bob, cacheFile()),
    "no cache": () => {
      process.env["KRB5CCNAME"] = "FILE:/nowhere/ccache";
    },
    "a cache that cannot be read": () => writeFileSync(cacheFile(), "no cache at all"),
  } as const;

  describe.each(Object.keys(ambient) as (keyof typeof ambient)[])("where the process has %s", (what) => {
    it.each(packages)(
      "B32 a wrong password is refused, and the right one is that user to the server (%s)",
      async (name) => {
        ambient[what]();
        const before = existsSync(cacheFile()) ? readFileSync(cacheFile()) : undefined;
        const wrong = acquire(name, { ...alice, password: "wrong" });
        await expect(wrong).rejects.toMatchObject({ code: "SEC_E_LOGON_DENIED" });
        expect(live().credentials).toBe(0);
        using sides = new Kerberos(provider, { package: name, identity: alice });
        await sides.handshake();
        expect(sides.server.peer().name).toBe(`alice@${realmName}`);
        // Its tickets are in its own memory.
        expect(existsSync(cacheFile()) ? readFileSync(cacheFile()) : undefined).toEqual(before);
      },
    );
  });

  describe.each(packages)("that %s refuses", (name) => {
    it.each([
      ["a wrong password, where the centre asks for no pre-authentication", { ...alice, password: "wrong" }],
      ["a wrong password, where it does", { user: "alice", domain: otherRealm.name, password: "wrong" }],
      ["an empty password", { ...alice, password: "" }],
      ["a user whom the centre does not know", { ...alice, user: "nobody" }],
    ])("C12 are reported as a denied logon, whatever the library says of them: %s", async (_, identity) => {
      await expect(acquire(name, identity)).rejects.toMatchObject({ code: "SEC_E_LOGON_DENIED" });
    });
  });
});

describe("where a client over GSSAPI has its credentials from", () => {
  freshTickets();

  it("B42 an entry of a credential store that the library does not know is refused, and not ignored", () => {
    const status = (entries: Readonly<Record<string, string>>): number => {
      const store = new CredentialStore(entries as never);
      const arena = new Arena(128);
      const name = arena.write(Buffer.from("Kerberos\0", "utf16le"));
      const [handle, expiry] = [arena.allocate(16), arena.allocate(8)];
      const at = [handle.address, expiry.address] as const;
      const answer = provider.AcquireCredentialsHandleW(
        0,
        name.address,
        SECPKG_CRED_OUTBOUND,
        0,
        0,
        0,
        store.address,
        ...at,
      );
      if (answer === SEC_E_OK) provider.FreeCredentialsHandle(handle.address);
      return answer >>> 0;
    };
    const ccache = `FILE:${inject("lab").tickets.bob}`;
    expect(status({ ccache })).toBe(SEC_E_OK);
    expect(status({ colour: "red" })).toBe(SEC_E_INVALID_PARAMETER);
    expect(status({ ccache, password: "bobpw" })).toBe(SEC_E_INVALID_PARAMETER);
  });

  it("B43 a worker whose environment names another cache is refused, and gets in with the option", async () => {
    const { bob } = inject("lab").tickets;
    const { stdout, stderr } = await runScript(new URL("gssapi-environment.ts", import.meta.url), [`FILE:${bob}`]);
    expect(stderr).toBe("");
    const refused = /^SEC_E_NO_CREDENTIALS: KRB5CCNAME of process\.env is not what the library sees.*kerberos\.ccache$/;
    expect(JSON.parse(stdout) as Logons).toEqual({
      main: `alice@${realmName}`,
      shared: [`alice@${realmName}`, `bob@${realmName}`],
      copied: [expect.stringMatching(refused), `bob@${realmName}`],
    });
  });
});

describe("the target of a client over GSSAPI", () => {
  freshTickets();

  it("B44 an alias in DNS is not followed, although krb5.conf lets the library and its programs follow it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-alias-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [hosts, configuration] = ["hosts", "krb5.conf"].map((name) => join(folder, name)) as [string, string];
    const [service, alias] = ["web.example.test", "alias.example.test"];
    writeFileSync(hosts, `127.0.0.1 ${service} ${alias}\n`);
    const follows = ["[libdefaults]", "dns_canonicalize_hostname = true", `include ${process.env["KRB5_CONFIG"]}`, ""];
    writeFileSync(configuration, follows.join("\n"));
    const wrapper = { LD_PRELOAD: componentFile("nssWrapper"), NSS_WRAPPER_HOSTS: hosts };
    const env = { ...wrapper, KRB5_CONFIG: configuration };
    const kvno = spawnSync("kvno", ["-S", "HTTP", alias], { env: { ...process.env, ...env }, encoding: "utf8" });
    expect(kvno.stdout).toContain(`HTTP/${service}@${realmName}: kvno = `);
    const targets = [service, alias].flatMap((host) => [`HTTP/${host}`, `HTTP@${host}`]);
    const { stdout, stderr } = await runScript(new URL("gssapi-alias.ts", import.meta.url), targets, { env });
    expect(stderr).toBe("");
    expect(Object.values(JSON.parse(stdout) as object)).toEqual([
      "complete",
      "complete",
      "SEC_E_TARGET_UNKNOWN",
      "SEC_E_TARGET_UNKNOWN",
    ]);
  });
});

describe("the principal of a server over GSSAPI", () => {
  freshTickets();

  it.each(packages)("keeps out clients of another service whose key is in the keytab too (%s)", async (name) => {
    const accepts = async (principal: string | undefined): Promise<boolean> => {
      using outbound = await Credential.acquire({ package: name, use: "outbound", provider });
      using inbound = await Credential.acquire({
        package: name,
        use: "inbound",
        provider,
        ...(principal && { principal }),
      });
      using client = new ClientContext(outbound, { target: "ldap/localhost" });
      using server = new ServerContext(inbound);
      const { token } = await client.step();
      await server.step(token as Buffer);
      return server.peer().name === `alice@${realmName}`;
    };
    expect(await accepts(undefined)).toBe(true);
    expect(await accepts("ldap/localhost")).toBe(true);
    await expect(accepts("HTTP/localhost")).rejects.toMatchObject({ code: "SEC_E_WRONG_PRINCIPAL" });
    await expect(accepts("HTTP/nowhere.example")).rejects.toMatchObject({ code: "SEC_E_NO_CREDENTIALS" });
  });
});
