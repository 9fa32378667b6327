import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, inject, it } from "vitest";
import { componentFile } from "../../scripts/lab/components.ts";
import { ClientContext, Credential, gssapiProvider, live, ServerContext } from "../../src/index.ts";
import { everything, freshTickets, Kerberos } from "./kerberos.ts";

const provider = gssapiProvider();
const bob = { user: "bob", domain: "EXAMPLE.TEST", password: "bobpw" } as const;
const applicationData = Buffer.from("tls-server-end-point:of this connection");

async function shaken(client: ClientContext, server: ServerContext): Promise<void> {
  for (let leg = await client.step(); leg.token; ) {
    const answer = await server.step(leg.token);
    if (!answer.token) return;
    leg = await client.step(answer.token);
  }
}

/** The file of the process's ticket cache. */
function cacheFile(): string {
  return (process.env["KRB5CCNAME"] ?? "").replace(/^FILE:/, "");
}

function kinit(user: string, password: string, ...options: readonly string[]): void {
  const args = [...options, "-c", cacheFile(), `${user}@EXAMPLE.TEST`];
  const { status, stderr } = spawnSync(componentFile("kinit"), args, { input: `${password}\n`, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

describe("rules of the provider over GSSAPI", () => {
  freshTickets();

  it.each(["Kerberos", "Negotiate"] as const)(
    "B30 a client with bob's password is bob to the server, beside tickets of alice's (%s)",
    async (name) => {
      using kerberos = new Kerberos(provider, { package: name, identity: bob });
      await kerberos.handshake();
      expect(kerberos.server.query("names")).toEqual({ sUserName: "bob@EXAMPLE.TEST" });
    },
  );

  it.each(["Kerberos", "Negotiate"] as const)(
    "B31 a credential of alice's is refused, not taken for bob's, when the ticket cache has become bob's (%s)",
    async (name) => {
      using credential = await Credential.acquire({ package: name, use: "outbound", provider });
      expect(credential.query("names")).toEqual({ sUserName: "alice@EXAMPLE.TEST" });
      kinit("bob", bob.password);
      using client = new ClientContext(credential, { target: "HTTP/localhost" });
      await expect(client.step()).rejects.toMatchObject({ code: "SEC_E_NO_CREDENTIALS" });
    },
  );

  it.each(["Kerberos", "Negotiate"] as const)(
    "B32 a wrong password is refused beside a ticket of that user's (%s)",
    async (name) => {
      const identity = { user: "alice", domain: "example.test", password: "wrong" };
      const acquired = Credential.acquire({ package: name, use: "outbound", identity, provider });
      await expect(acquired).rejects.toMatchObject({ code: "SEC_E_LOGON_DENIED" });
      expect(live().credentials).toBe(0);
    },
  );

  describe.each(["Kerberos", "Negotiate"] as const)("channel bindings of %s", (name) => {
    async function bound(
      client: Uint8Array | undefined,
      request: readonly "allowMissingBindings"[] = [],
    ): Promise<boolean> {
      using outbound = await Credential.acquire({ package: name, use: "outbound", provider });
      using inbound = await Credential.acquire({ package: name, use: "inbound", provider });
      const mine = client && { channelBindings: { applicationData: client } };
      using one = new ClientContext(outbound, { target: "HTTP/localhost", ...mine });
      using other = new ServerContext(inbound, { channelBindings: { applicationData }, request });
      await shaken(one, other);
      return other.complete;
    }

    it("B33 bindings that match are accepted by a server that demands them", async () => {
      expect(await bound(applicationData)).toBe(true);
    });

    it("B33 a client without bindings is refused by a server that has some, though the library accepts it", async () => {
      await expect(bound(undefined)).rejects.toMatchObject({ code: "SEC_E_BAD_BINDINGS" });
      expect(await bound(undefined, ["allowMissingBindings"])).toBe(true);
    });

    it("B33 a client with other bindings is refused by a server, also where they may be missing", async () => {
      const others = Buffer.from("tls-server-end-point:of another connection");
      await expect(bound(others)).rejects.toMatchObject({ code: "SEC_E_BAD_BINDINGS" });
      await expect(bound(others, ["allowMissingBindings"])).rejects.toMatchObject({ code: "SEC_E_BAD_BINDINGS" });
    });
  });

  it("B34 a server refuses a first token of NTLM's, bare or in SPNEGO, with gss-ntlmssp installed", async () => {
    using inbound = await Credential.acquire({ package: "Negotiate", use: "inbound", provider });
    const ntlm = Buffer.from("4e544c4d5353500001000000078208a2000000000000000000000000000000000a0063450000000f", "hex");
    const inside = Buffer.concat([Buffer.from("a0403e3ea00e300c060a2b06010401823702020aa22a0428", "hex"), ntlm]);
    inside.set(Buffer.from("a03e303c", "hex"));
    const framed = Buffer.concat([
      Buffer.from([0x60, inside.length + 8]),
      Buffer.from("06062b0601050502", "hex"),
      inside,
    ]);
    for (const token of [ntlm, framed]) {
      using server = new ServerContext(inbound);
      await expect(server.step(token)).rejects.toMatchObject({ name: "SspiError", operation: "AcceptSecurityContext" });
      expect(server.complete).toBe(false);
    }
  });

  it("C10 a message that comes again, or before another, is refused although the library opens it", async () => {
    using kerberos = new Kerberos(provider);
    await kerberos.handshake();
    const [first, second, third] = ["one", "two", "three"].map((text) => kerberos.client.encrypt(Buffer.from(text)));
    expect(kerberos.server.decrypt(first as Buffer).toString()).toBe("one");
    const outOfOrder = expect.objectContaining({ code: "SEC_E_OUT_OF_SEQUENCE" });
    expect(() => kerberos.server.decrypt(first as Buffer)).toThrow(outOfOrder);
    expect(() => kerberos.server.decrypt(third as Buffer)).toThrow(outOfOrder);
    expect(() => kerberos.server.decrypt(second as Buffer)).toThrow(outOfOrder);
    const message = Buffer.from("signed");
    const signature = kerberos.client.sign(message);
    kerberos.server.verify(message, signature);
    expect(() => kerberos.server.verify(message, signature)).toThrow(outOfOrder);
  });

  it("B35 a context protects no message after the end of its ticket, although the library still would", async () => {
    kinit("alice", "userpw", "-l", "6s");
    using kerberos = new Kerberos(provider);
    await kerberos.handshake();
    kerberos.client.encrypt(Buffer.from("in time"));
    await sleep(Math.max(0, (kerberos.client.expiry?.getTime() ?? 0) - Date.now() + 200));
    const expired = expect.objectContaining({ code: "SEC_E_CONTEXT_EXPIRED" });
    expect(() => kerberos.client.encrypt(Buffer.from("too late"))).toThrow(expired);
    expect(() => kerberos.client.sign(Buffer.from("too late"))).toThrow(expired);
  });

  it("A10 a context with legs to go is not given to the library's export, which may end the process", async () => {
    using kerberos = new Kerberos(provider);
    await kerberos.client.step();
    expect(() => kerberos.client.export({ deleteOld: true })).toThrow(/legs to go/);
  });

  it("A11 a Negotiate credential without tickets is a typed error, with gss-ntlmssp installed", async () => {
    process.env["KRB5CCNAME"] = "FILE:/nowhere/ccache";
    const acquired = Credential.acquire({ package: "Negotiate", use: "outbound", provider });
    await expect(acquired).rejects.toMatchObject({ code: "SEC_E_NO_CREDENTIALS" });
  });

  it("C11 an unknown service is reported as such by Negotiate too, which renumbers what Kerberos says", async () => {
    for (const name of ["Kerberos", "Negotiate"] as const) {
      using kerberos = new Kerberos(provider, { package: name, target: "HTTP/nowhere.example" });
      await expect(kerberos.handshake()).rejects.toMatchObject({ code: "SEC_E_TARGET_UNKNOWN" });
    }
  });

  it.each([
    ["HTTP/LOCALHOST", "HTTP/localhost"],
    ["HTTP/localhost.", "HTTP/localhost"],
    ["HTTP@localhost", "HTTP/localhost"],
    ["HTTP/localhost@EXAMPLE.TEST", "HTTP/localhost"],
    ["HTTP/localhost:8080", "HTTP/localhost"],
    ["MSSQLSvc/db.example.test:1433", "MSSQLSvc/db.example.test:1433"],
  ])("takes the target %s for %s", async (target, service) => {
    using kerberos = new Kerberos(provider, { target });
    await kerberos.handshake();
    expect(kerberos.server.query("nativeNames").sServerName).toBe(`${service}@EXAMPLE.TEST`);
  });

  it("finds tickets and keys where the options say, whatever the environment says", async () => {
    const [ccache, keytab] = [process.env["KRB5CCNAME"] as string, `FILE:${inject("lab").keytab}`];
    process.env["KRB5CCNAME"] = "FILE:/nowhere/ccache";
    for (const name of ["Kerberos", "Negotiate"]) {
      using outbound = await Credential.acquire({ package: name, use: "outbound", kerberos: { ccache }, provider });
      using inbound = await Credential.acquire({ package: name, use: "inbound", kerberos: { keytab }, provider });
      using client = new ClientContext(outbound, { target: "HTTP/localhost" });
      using server = new ServerContext(inbound);
      await shaken(client, server);
      expect(server.query("names")).toEqual({ sUserName: "alice@EXAMPLE.TEST" });
    }
    const wrong = { package: "Kerberos", use: "inbound", provider } as const;
    const missing = Credential.acquire({ ...wrong, kerberos: { keytab: "FILE:/nowhere/keytab" } });
    await expect(missing).rejects.toMatchObject({ code: "SEC_E_NO_CREDENTIALS" });
    const misspelt = Credential.acquire({ ...wrong, kerberos: { keytabs: keytab } as never });
    await expect(misspelt).rejects.toThrow("kerberos.keytabs: there is no such option; did you mean keytab?");
  });

  it("B36 a context is exported only with deleteOld, or with keepOld, after which both count in one sequence", async () => {
    const { importContext } = await import("../../src/index.ts");
    using kerberos = new Kerberos(provider, { request: everything });
    await kerberos.handshake();
    const { client, server } = kerberos;
    expect(() => server.export()).toThrow(/shares one sequence with its copy; say deleteOld: true, or keepOld: true/);
    expect(() => server.export({ keepOld: true, deleteOld: true })).toThrow("expected one of deleteOld and keepOld");
    const { package: name, packed } = server.export({ keepOld: true });
    using copy = importContext({ package: name, packed, provider });
    const sealed = client.encrypt(Buffer.from("read twice"));
    expect([server, copy].map((one) => one.decrypt(sealed).toString())).toEqual(["read twice", "read twice"]);
    expect(client.decrypt(server.encrypt(Buffer.from("from the one"))).toString()).toBe("from the one");
    const again = copy.encrypt(Buffer.from("with the same number"));
    expect(() => client.decrypt(again)).toThrow(expect.objectContaining({ code: "SEC_E_OUT_OF_SEQUENCE" }));
  });

  it("B38 a name in Windows' form is given for a client of the server's realm, and for no client of another", async () => {
    const claimed = { account: "alice", domain: "EXAMPLE", sid: "S-1-5-21-1-2-3-1103", groups: [] };
    const signing = Object.assign(Object.create(provider) as typeof provider, { clientAccount: () => claimed });
    const named = async (whose: "alice" | "otherAlice"): Promise<string> => {
      copyFileSync(inject("lab").tickets[whose], cacheFile());
      using kerberos = new Kerberos(signing, { target: "HTTP/localhost@EXAMPLE.TEST" });
      await kerberos.handshake();
      return kerberos.server.peer({ form: "windows" }).name;
    };
    expect(await named("alice")).toBe("EXAMPLE\\alice");
    await expect(named("otherAlice")).rejects.toThrow("its realm OTHER.TEST is not the server's");
  });

  it.each([
    ["NTLM", false],
    ["!kerberos", false],
    ["!ntlm,!Kerberos", false],
    ["NTLM,Kerberos", true],
    ["!ntlm", true],
  ])("B39 a package list of %s is honoured: Negotiate has Kerberos only", async (packageList, allowed) => {
    const identity = { ...bob, packageList };
    const acquired = Credential.acquire({ package: "Negotiate", use: "outbound", identity, provider });
    if (allowed) (await acquired).close();
    else await expect(acquired).rejects.toMatchObject({ code: "SEC_E_UNSUPPORTED_FUNCTION" });
  });

  it("hands a context to importContext, with its names, keys and place in the sequence", async () => {
    const { importContext } = await import("../../src/index.ts");
    using kerberos = new Kerberos(provider, { request: everything });
    await kerberos.handshake();
    const early = kerberos.client.encrypt(Buffer.from("before"));
    expect(kerberos.server.decrypt(early).toString()).toBe("before");
    const { sessionKey } = { sessionKey: kerberos.server.query("sessionKey").SessionKey };
    const { package: name, packed } = kerberos.server.export({ deleteOld: true });
    expect(() => importContext({ package: name, packed: packed.subarray(0, -1) })).toThrow("SEC_E_INVALID_TOKEN");
    using imported = importContext({ package: name, packed });
    expect(imported.query("names")).toEqual({ sUserName: "alice@EXAMPLE.TEST" });
    expect(Buffer.from(imported.query("sessionKey").SessionKey)).toEqual(Buffer.from(sessionKey));
    expect(() => imported.decrypt(early)).toThrow(expect.objectContaining({ code: "SEC_E_OUT_OF_SEQUENCE" }));
    expect(imported.decrypt(kerberos.client.encrypt(Buffer.from("after"))).toString()).toBe("after");
  });
});
