import { describe, expect, inject, it } from "vitest";
import { ClientContext, Credential } from "../../src/index.ts";
import { needs } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { providers } from "../live/providers.ts";
import { getAs } from "./http-client.ts";

describeKerberos(
  (label) => `our client on ${label} and Apache's mod_auth_gssapi: Kerberos`,
  ({ provider, agreesWithMit }) => {
    needs("apache2");
    freshTickets();

    it.each(["Kerberos", "Negotiate"])("%s lets alice in by her name, and knows the server", async (name) => {
      using credential = Credential.acquireSync({ package: name, use: "outbound", provider });
      using client = new ClientContext(credential, { target: "HTTP/localhost", request: ["mutualAuth"] });
      const { kerberosUrl } = inject("lab").web;
      const taken = name === "Kerberos" || agreesWithMit;
      const answer = taken ? { status: 200, user: "alice@EXAMPLE.TEST" } : { status: 401, user: undefined };
      expect(await getAs(client, kerberosUrl, "Negotiate")).toEqual(answer);
      expect(client.complete).toBe(true);
    });

    it("lets nobody in with a ticket that was changed", async () => {
      using credential = Credential.acquireSync({ package: "Kerberos", use: "outbound", provider });
      using client = new ClientContext(credential, { target: "HTTP/localhost" });
      const changed = (token: Buffer): Buffer => {
        token[200] = (token[200] as number) ^ 1;
        return token;
      };
      const { kerberosUrl } = inject("lab").web;
      expect(await getAs(client, kerberosUrl, "Negotiate", changed)).toEqual({ status: 401, user: undefined });
    });
  },
);

describe.each(providers.map((provider) => ({ provider, label: provider.label })))(
  "our client on $label and Apache's gss-ntlmssp: NTLM",
  ({ provider }) => {
    needs("apache2");
    const get = async (password: string) => {
      const identity = { user: "alice", domain: "TESTDOM", password };
      using credential = Credential.acquireSync({ package: "NTLM", use: "outbound", identity, provider });
      using client = new ClientContext(credential, { target: "HTTP/localhost" });
      return await getAs(client, inject("lab").web.ntlmUrl, "NTLM");
    };

    it("lets alice in by her name", async () => {
      expect(await get("userpw")).toEqual({ status: 200, user: "TESTDOM\\alice" });
    });

    it("lets nobody in with a wrong password", async () => {
      expect(await get("wrong")).toEqual({ status: 401, user: undefined });
    });
  },
);
