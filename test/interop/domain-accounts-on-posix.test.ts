import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { domain } from "../../scripts/lab/accounts.ts";
import { HttpAuthenticator, type HttpUser } from "../../src/http.ts";
import { NegotiateDispatcher } from "../../src/http-undici.ts";
import { needsOnDemand } from "../lab/needs.ts";
import { Kerberos, ticketCopy } from "../live/kerberos.ts";
import { gssapi } from "../live/kerberos-providers.ts";

const [service] = domain.services;
const qualified = `${service}@${domain.realm}`;

/**
 * The library turns the NetBIOS name into a realm and asks the domain's controller, whose answer may have another name.
 */
function knowNetbiosName(): void {
  const before = process.env["KRB5_CONFIG"] ?? "";
  const [, realms = ""] = /^includedir (\S+)$/m.exec(readFileSync(before, "utf8")) ?? [];
  const [kdc] = /kdc = \S+/.exec(readFileSync(join(realms, "domain.conf"), "utf8")) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-netbios-"));
  const file = join(folder, "krb5.conf");
  const sections = ["[libdefaults]", "canonicalize = true", "[realms]", `${domain.netbios} = {`, `${kdc}`, "}"];
  writeFileSync(file, [...sections, `include ${before}`, ""].join("\n"));
  process.env["KRB5_CONFIG"] = file;
  onTestFinished(() => {
    process.env["KRB5_CONFIG"] = before;
    rmSync(folder, { recursive: true });
  });
}

describe("the domain controller and who a server over GSSAPI says its client is", () => {
  const { provider } = gssapi();
  const controller = needsOnDemand("samba");
  ticketCopy(() => controller().tickets.alice);

  const served = async (name: "Kerberos" | "Negotiate"): Promise<Kerberos> => {
    const sides = new Kerberos(provider, { package: name, target: qualified });
    await sides.handshake();
    return sides;
  };

  it.each(["Kerberos", "Negotiate"] as const)(
    "B37 alice's groups are those of her ticket, by SID (%s)",
    async (name) => {
      using sides = await served(name);
      const groups = await sides.server.peer().groups();
      const { staff, printers, everywhere } = controller().identifiers;
      expect(groups.map(({ sid }) => sid)).toEqual(expect.arrayContaining([staff, printers, everywhere]));
      expect(groups.find(({ sid }) => sid === staff)?.attributes).toEqual(["mandatory", "enabledByDefault", "enabled"]);
    },
  );

  it("her name is the mechanism's, and in Windows' form where that is asked for", async () => {
    using sides = await served("Negotiate");
    expect(sides.server.peer()).toMatchObject({ name: `alice@${domain.realm}`, realm: domain.realm });
    const windows = { name: `${domain.netbios}\\alice`, domain: domain.netbios, account: "alice" };
    expect(sides.server.peer({ form: "windows" })).toMatchObject(windows);
  });

  it("groups are not available once the context is closed, nor those of the server", async () => {
    const sides = await served("Kerberos");
    const [client, server] = [sides.server.peer(), sides.client.peer()];
    await expect(server.groups()).rejects.toMatchObject({ code: "SSPI_PEER_GROUPS" });
    sides[Symbol.dispose]();
    await expect(client.groups()).rejects.toMatchObject({ code: "SSPI_DISPOSED" });
  });

  it("S10 a user of an HTTP server has those groups too, and they end with the user", async () => {
    const users: HttpUser[] = [];
    using authenticator = new HttpAuthenticator({ schemes: ["Negotiate"], credential: { provider } });
    const listener = authenticator.guard(async (_, response, user) => {
      users.push(user);
      const groups = await user.groups();
      response.end(JSON.stringify({ name: user.name, groups: groups.map(({ sid }) => sid) }));
    });
    const server = createServer(authenticator.serverOptions, listener);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using dispatcher = new NegotiateDispatcher({ origins: [origin], provider, target: () => qualified });
    const { body } = await request(origin, { dispatcher });
    const { staff, printers, everywhere } = controller().identifiers;
    expect(await body.json()).toEqual({
      name: `alice@${domain.realm}`,
      groups: expect.arrayContaining([staff, printers, everywhere]),
    });
    authenticator.close();
    await expect(users[0]?.groups()).rejects.toMatchObject({ code: "SSPI_DISPOSED" });
    server.closeAllConnections();
    server.close();
  });

  describe("with a password", () => {
    type Account = keyof typeof domain.users;
    const inSmall = domain.realm.toLowerCase();
    const named = async (who: { readonly user: string; readonly domain?: string }, whose: Account): Promise<string> => {
      using sides = new Kerberos(provider, { identity: { ...who, password: domain.users[whose] }, target: qualified });
      await sides.handshake();
      return sides.server.peer({ form: "windows" }).name;
    };

    it.each([
      [{ user: "alice", domain: domain.realm }, "alice"],
      [{ user: "alice", domain: inSmall }, "alice"],
      [{ user: `alice@${inSmall}` }, "alice"],
      [{ user: `${inSmall}\\alice` }, "alice"],
      // Names of accounts match in any case, and the mechanism names the client as the client wrote its name.
      [{ user: `ALICE@${domain.realm}` }, "alice"],
      [{ user: domain.bobsUpn }, "bob"],
    ] as const)("%o is the account of %s", async (who, whose) => {
      expect(await named(who, whose)).toBe(`${domain.netbios}\\${whose}`);
    });

    it.each([{ user: `${domain.netbios}\\alice` }, { user: "alice", domain: domain.netbios }])(
      "%o, with a NetBIOS name, finds no controller to ask, until krb5.conf names it",
      async (who) => {
        await expect(named(who, "alice")).rejects.toMatchObject({ code: "SEC_E_NO_AUTHENTICATING_AUTHORITY" });
        knowNetbiosName();
        expect(await named(who, "alice")).toBe(`${domain.netbios}\\alice`);
      },
    );
  });

  describe("with bob's tickets", () => {
    ticketCopy(() => controller().tickets.bob);

    it("bob is in none of alice's groups", async () => {
      using sides = await served("Kerberos");
      const groups = await sides.server.peer().groups();
      expect(groups.length).toBeGreaterThan(0);
      expect(groups.map(({ sid }) => sid)).not.toContain(controller().identifiers["staff"]);
    });
  });
});
