import { describe, expect, it } from "vitest";
import { domain } from "../../scripts/lab/accounts.ts";
import { readLogonInfo, readUpnDnsInfo } from "../../src/gssapi/pac/index.ts";
import type { CredentialOptions } from "../../src/index.ts";
import { needsOnDemand } from "../lab/needs.ts";
import { everything, Kerberos, ticketCopy } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { from, towards } from "./gssapi-handshakes.ts";
import { GssapiPeer } from "./peer.ts";

const [service] = domain.services;
const qualified = `${service}@${domain.realm}`;
const { alice: password } = domain.users;

describeKerberos(
  (label) => `the domain controller and ${label}`,
  ({ provider, agreesWithMit, refusals, realmOfHost, realmInCapitals }) => {
    const target = realmOfHost ? service : qualified;
    const controller = needsOnDemand("samba");
    ticketCopy(() => controller().tickets.alice);

    const logOn = async (identity: CredentialOptions["identity"]): Promise<boolean> => {
      using sides = new Kerberos(provider, { identity, target });
      await sides.handshake();
      return sides.client.complete && sides.server.complete;
    };

    it("let alice in with her ticket, and both sides open each other's messages", async () => {
      using sides = new Kerberos(provider, { target, request: [...everything, "useDceStyle"] });
      await sides.handshake();
      const [message, signed] = [Buffer.from("sealed in the domain"), Buffer.from("signed in the domain")];
      const token = Buffer.alloc(128);
      const sealed = Buffer.from(message);
      const used = sides.client.encryptInPlace(token, sealed);
      sides.server.decryptInPlace(token.subarray(0, used), sealed);
      expect(sealed).toEqual(message);
      expect(sides.client.verify(signed, sides.server.sign(signed))).toBeUndefined();
    });

    it("let alice in with her password and her realm", async () => {
      expect(await logOn({ user: "alice", domain: domain.realm, password })).toBe(true);
    });

    it("let alice in with her password and her realm in lower case, where that is made the realm", async () => {
      const outcome = logOn({ user: "alice", domain: domain.realm.toLowerCase(), password });
      if (realmInCapitals) await expect(outcome).rejects.toMatchObject({ code: refusals.password });
      else expect(await outcome).toBe(true);
    });

    it.each(["Kerberos", "Negotiate"])("agree with MIT's server on who alice is, by %s", async (name) => {
      await using peer = new GssapiPeer();
      if (name === "Negotiate" && !agreesWithMit)
        return expect(towards(provider, peer, name, { target })).rejects.toThrow("GSSAPI: InvalidTokenError");
      using _ = await towards(provider, peer, name, { target });
      expect((await peer.ask({ command: "name" })).name).toBe(`alice@${domain.realm}`);
    });

    it.each(["Kerberos", "Negotiate"])("let MIT's client in as bob, by %s", async (name) => {
      await using peer = new GssapiPeer("gssapi", controller().tickets.bob);
      using context = await from(provider, peer, name, { target: qualified });
      expect(context.complete).toBe(true);
      expect((await peer.ask({ command: "name" })).name).toBe(`bob@${domain.realm}`);
    });

    it("tell MIT's server alice's domain, her SID and her groups", async () => {
      await using peer = new GssapiPeer();
      using _ = await towards(provider, peer, "Kerberos", { target });
      const attribute = { command: "attribute", attribute: "urn:mspac:logon-info" };
      const { token = "", authenticated } = await peer.ask(attribute);
      expect(authenticated).toBe(true);
      const info = readLogonInfo(Buffer.from(token, "hex"));
      const { alice, staff, printers, everywhere } = controller().identifiers;
      expect([info.domain, info.account, info.sid]).toEqual([domain.netbios, "alice", alice]);
      expect(info.groups.map(({ sid }) => sid)).toEqual(expect.arrayContaining([staff, printers, everywhere]));
    });

    describe("with bob's tickets", () => {
      ticketCopy(() => controller().tickets.bob);

      // With tickets of alice's own, WinPR would use them instead of the password.
      it("refuse alice with a wrong password", async () => {
        const identity = { user: "alice", domain: domain.realm, password: "wrong" };
        await expect(logOn(identity)).rejects.toMatchObject({ code: refusals.password });
      });

      it("tell MIT's server the principal name that he was given, and none of alice's groups", async () => {
        await using peer = new GssapiPeer();
        using _ = await towards(provider, peer, "Kerberos", { target });
        const ask = async (name: string): Promise<Buffer> =>
          peer.bytes("attribute", Buffer.alloc(0), { attribute: `urn:mspac:${name}` });
        const { bob, staff } = controller().identifiers;
        expect(readUpnDnsInfo(await ask("upn-dns-info"))).toMatchObject({ upn: domain.bobsUpn, sam: { sid: bob } });
        const info = readLogonInfo(await ask("logon-info"));
        expect(info.sid).toBe(bob);
        expect(info.groups.map(({ sid }) => sid)).not.toContain(staff);
      });
    });
  },
);
