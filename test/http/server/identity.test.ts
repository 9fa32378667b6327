import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SECPKG_ATTR_NAMES, SECPKG_ATTR_NEGOTIATION_INFO } from "../../../generated/sspi/constants.ts";
import { SecPkgContext_NamesW, SecPkgContext_NegotiationInfoW, SecPkgInfoW } from "../../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../../generated/status/constants.ts";
import { hostAbi } from "../../../src/ctypes/index.ts";
import { Handshake } from "../../../src/http/server/handshake.ts";
import { identify } from "../../../src/http/server/identify.ts";
import { HttpAuthenticator } from "../../../src/http.ts";
import { ServerContext } from "../../../src/index.ts";
import { inbound, scripted } from "../../scripted/scripted.ts";
import { writeNativeStruct } from "../../scripted/scripted-heap.ts";
import type { AttributeCall } from "../../scripted/scripted-script.ts";
import { guardedServer } from "./guarded-server.ts";
import { httpProvider } from "./http-package.ts";
import { tokenOf } from "./raw-connection.ts";

const alice = "alice@EXAMPLE.TEST";
const ntlmToken = `Authorization: Negotiate ${Buffer.from("NTLMSSP\0\x01\0\0\0\0\0\0\0", "latin1").toString("base64")}`;
const inSpnego = `Authorization: Negotiate ${Buffer.from("\x60\x20..NTLMSSP\0\x01\0\0\0..", "latin1").toString("base64")}`;

describe("who a user is", () => {
  it.each([
    ["has no name", undefined, "no-name"],
    ["has an empty name", "", "no-name"],
    ["is anonymous", "NT AUTHORITY\\ANONYMOUS LOGON", /^(anonymous|no-name)$/],
    ["is Kerberos' anonymous", "WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS", /^(anonymous|no-name)$/],
    ["is a guest", "EXAMPLE\\Guest", "guest"],
  ])("S20 a client that completes a handshake and %s has no user, and stays without one", async (_, name, reason) => {
    await using server = await guardedServer({ persist: "connection" }, { package: { nameOf: () => name } });
    const client = await server.connect();
    const response = await client.get("ticket somebody");
    expect([response.status, tokenOf(response)]).toEqual([401, undefined]);
    expect((await client.get()).status).toBe(401);
    expect(server.refusals).toMatchObject([{ reason: expect.stringMatching(reason) }]);
    expect(server.users).toEqual([]);
  });

  it("S5 onUser is called once per logon, after every check, and before the user is authenticated", async () => {
    const logons: string[] = [];
    await using server = await guardedServer(
      { persist: "connection", onUser: (user, request) => void logons.push(`${user.name} ${request.url}`) },
      { package: { nameOf: (user) => (user === "guest" ? "EXAMPLE\\Guest" : user) } },
    );
    const client = await server.connect();
    await client.get("ticket guest");
    await client.get("ticket !alice");
    await client.get(`begin ${alice}`);
    await client.get();
    expect(logons).toEqual([]);
    await client.get(`ticket ${alice}`);
    await client.get();
    expect(logons).toEqual(["alice@EXAMPLE.TEST /"]);
  });

  it("S5 a user whom onUser rejects is not authenticated afterwards", async () => {
    const warned: unknown[] = [];
    const listener = (warning: unknown): void => void warned.push(warning);
    process.on("warning", listener);
    const failure = new Error("no session store");
    await using server = await guardedServer({ persist: "connection", onUser: () => Promise.reject(failure) });
    const client = await server.connect();
    expect((await client.get(`ticket ${alice}`)).status).toBe(500);
    expect((await client.get()).status).toBe(401);
    await expect.poll(() => warned).toContain(failure);
    process.off("warning", listener);
    expect([server.users, server.refusals]).toEqual([[], []]);
  });

  it("shows a name and no more when it is printed", async () => {
    await using server = await guardedServer();
    await (await server.connect()).get(`ticket ${alice}`);
    expect(inspect(server.users[0])).toMatch(/^HttpUser \{ alice@EXAMPLE\.TEST, Negotiate, \w+ \}$/);
  });
});

describe("the groups of a user", () => {
  it("S10 come from the user's token, and are an error where the system does not know it", async () => {
    await using server = await guardedServer();
    await (await server.connect()).get(`ticket ${alice}`);
    await expect(server.users[0]?.groups()).rejects.toMatchObject({ name: "AccessTokenError" });
  });
});

describe("the mechanism inside Negotiate", () => {
  it.each([
    ["bare", ntlmToken],
    ["inside SPNEGO", inSpnego],
  ])("S16 NTLM, %s, is refused before the package sees it", async (_, field) => {
    const legs: string[] = [];
    await using server = await guardedServer({}, { package: { onLeg: (text) => legs.push(text) } });
    const client = await server.connect();
    expect((await client.get(undefined, [field])).status).toBe(401);
    expect(server.refusals).toMatchObject([{ reason: "mechanism-not-allowed" }]);
    expect(legs).toEqual([]);
  });

  it("S16 NTLM inside Negotiate is let in where ntlm is true, and then authenticates the connection", async () => {
    await using server = await guardedServer({ ntlm: true });
    const client = await server.connect();
    expect((await client.get("ticket alice NTLMSSP\0")).headers["persistent-auth"]).toBe("true");
    expect(await client.get()).toMatchObject({ status: 200, body: "hello alice" });
  });

  it.each([
    ["Kerberos", false, undefined],
    ["NTLM", false, "mechanism-not-allowed"],
    ["NTLM", true, undefined],
    ["pku2u", true, "mechanism-not-allowed"],
  ])("S16 what Negotiate says after the last leg counts: %s, where NTLM is allowed: %s", (negotiated, ntlm, reason) => {
    const attributes = ({ attribute, address, heap }: AttributeCall): number => {
      if (attribute === SECPKG_ATTR_NAMES) {
        writeNativeStruct(SecPkgContext_NamesW, address, { sUserName: heap.wideString(alice) });
        return SEC_E_OK;
      }
      if (attribute !== SECPKG_ATTR_NEGOTIATION_INFO) return SEC_E_UNSUPPORTED_FUNCTION;
      const { size } = SecPkgInfoW.layouts[hostAbi];
      const name = Buffer.from(`${negotiated}\0`, "utf16le");
      const PackageInfo = heap.allocate(Buffer.concat([Buffer.alloc(size), name]));
      writeNativeStruct(SecPkgInfoW, PackageInfo, { Name: PackageInfo + BigInt(size) });
      writeNativeStruct(SecPkgContext_NegotiationInfoW, address, { PackageInfo });
      return SEC_E_OK;
    };
    using credential = inbound(scripted({ contextAttributes: attributes }));
    using context = new ServerContext(credential);
    context.stepSync(Buffer.from("token"));
    const who = () => identify(new Handshake("Negotiate", context, () => {}), ntlm);
    if (reason) expect(who).toThrow(expect.objectContaining({ reason }));
    else expect(who()).toMatchObject({ name: alice, package: negotiated });
  });

  it("S16 nobody is let in where the package negotiated something else than Kerberos and NTLM", () => {
    const names = ({ attribute, address, heap }: AttributeCall): number => {
      if (attribute !== SECPKG_ATTR_NAMES) return SEC_E_UNSUPPORTED_FUNCTION;
      writeNativeStruct(SecPkgContext_NamesW, address, { sUserName: heap.wideString(alice) });
      return SEC_E_OK;
    };
    using credential = inbound(scripted({ contextAttributes: names }));
    using context = new ServerContext(credential);
    context.stepSync(Buffer.from("token"));
    expect(() => identify(new Handshake("Negotiate", context, () => {}), true)).toThrow(
      expect.objectContaining({
        reason: "mechanism-not-allowed",
        message: expect.stringMatching(/; it was Scripted$/),
      }),
    );
  });

  it("S16 neither Basic nor an unknown scheme can be asked for", () => {
    using host = httpProvider();
    const make = (schemes: unknown) => () =>
      new HttpAuthenticator({ schemes: schemes as never, credential: { provider: host.provider } });
    expect(make(["Basic"])).toThrow("schemes[0]: expected one of Negotiate, NTLM; got a string of 5 characters");
    expect(make([])).toThrow("schemes: expected at least one of Negotiate, NTLM");
    expect(make(["NTLM", "NTLM"])).toThrow("schemes: expected each scheme once");
    expect(make("Negotiate")).toThrow(TypeError);
  });
});
