import { expect, it } from "vitest";
import { domain } from "../../scripts/lab/accounts.ts";
import { ClientContext, type ClientContextOptions, Credential, type SecurityProvider } from "../../src/index.ts";
import { needsOnDemand } from "../lab/needs.ts";
import { everything, freshTickets, ticketCopy } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { LdapClient } from "./ldap-client.ts";

/** A context for a directory. The target names its realm: the ticket's realm is not the lab's. */
function contextFor(provider: SecurityProvider, target: string, request: ClientContextOptions["request"] = everything) {
  using credential = Credential.acquireSync({ package: "Negotiate", use: "outbound", provider });
  return new ClientContext(credential, { target, request });
}

const service = `ldap/${domain.host}`;
const baseOfDomain = domain.realm
  .toLowerCase()
  .split(".")
  .map((part) => `DC=${part}`)
  .join(",");

describeKerberos(
  (label) => `a sealed search with GSS-SPNEGO in Samba's directory, on ${label}`,
  ({ provider, onePiece, realmOfHost }) => {
    const controller = needsOnDemand("samba");
    ticketCopy(() => controller().tickets.alice);

    it("finds alice's groups, and nothing of the search is readable on the wire", async () => {
      await using client = await LdapClient.connect(controller().ldapPort);
      using context = contextFor(provider, realmOfHost ? service : `${service}@${domain.realm}`);
      await client.bind(context);
      if (!onePiece)
        return await expect(client.search(baseOfDomain, "cn", "alice")).rejects.toThrow("SEC_E_BUFFER_TOO_SMALL");
      const found = await client.search(baseOfDomain, "sAMAccountName", "alice");
      const groups = (found?.["memberOf"] ?? []).map((name) => name.split(",")[0]);
      expect(groups.sort()).toEqual(
        Object.keys(domain.groups)
          .map((group) => `CN=${group}`)
          .sort(),
      );
      const wire = Buffer.concat(client.wire).toString("latin1");
      for (const secret of ["sAMAccountName", "memberOf", "staff"]) expect(wire).not.toContain(secret);
    });
  },
);

describeKerberos(
  (label) => `a sealed search with GSS-SPNEGO in OpenLDAP's directory, on ${label}`,
  ({ provider, onePiece }) => {
    const directory = needsOnDemand("slapd");
    freshTickets();

    it("finds what alice alone may read, and nothing of the search is readable on the wire", async () => {
      const { port, base, attribute, value } = directory();
      await using client = await LdapClient.connect(port);
      using context = contextFor(provider, "ldap/localhost");
      await client.bind(context);
      if (!onePiece) return await expect(client.search(base, "uid", "alice")).rejects.toThrow("SEC_E_BUFFER_TOO_SMALL");
      expect(await client.search(base, "uid", "alice")).toMatchObject({ [attribute]: [value] });
      const wire = Buffer.concat(client.wire).toString("latin1");
      for (const secret of [attribute, value]) expect(wire).not.toContain(secret);
    });
  },
);
