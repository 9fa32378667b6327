import { describe, expect, it } from "vitest";
import { Credential } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { ntlmFacts, providers } from "../live/providers.ts";
import { NegotiateServer } from "./http-server.ts";
import { curl, GssapiPeer } from "./peer.ts";

const status = ["--output", "/dev/null", "--write-out", "%{http_code}"] as const;

describeKerberos(
  (label) => `curl --negotiate and our server on ${label}`,
  ({ provider, takesSpnego }) => {
    freshTickets();

    it("lets alice in", async () => {
      using credential = Credential.acquireSync({ package: "Negotiate", use: "inbound", provider });
      await using server = new NegotiateServer(credential, "Negotiate");
      const url = await server.listen();
      expect([await curl(...status, "--negotiate", "--user", ":", url), server.refusals]).toEqual(["200", []]);
    });

    it("with Kerberos alone lets her in where that knows curl's SPNEGO, as Wine's does", async () => {
      using credential = Credential.acquireSync({ package: "Kerberos", use: "inbound", provider });
      await using server = new NegotiateServer(credential, "Negotiate");
      const url = await server.listen();
      const code = await curl(...status, "--negotiate", "--user", ":", url);
      if (!takesSpnego) {
        expect(code).toBe("401");
        expect(server.refusals).toMatchObject([{ code: "SEC_E_INVALID_TOKEN", operation: "AcceptSecurityContext" }]);
      } else expect([code, server.refusals]).toEqual(["200", []]);
    });

    it("lets nobody in without a ticket, or with something else in its place", async () => {
      using credential = Credential.acquireSync({ package: "Negotiate", use: "inbound", provider });
      await using server = new NegotiateServer(credential, "Negotiate");
      const url = await server.listen();
      expect(await curl(...status, url)).toBe("401");
      expect(await curl(...status, "--header", "Authorization: Negotiate YIIDBg==", url)).toBe("401");
      expect(server.refusals).toMatchObject([{ name: "SspiError", operation: "AcceptSecurityContext" }]);
    });
  },
);

describeKerberos(
  (label) => `a ticket of alice's, sent by curl to our server on ${label}`,
  ({ provider }) => {
    freshTickets();

    it.each([
      ["as it is", 0, "200"],
      ["changed on the way", 1, "401"],
    ])("%s", async (_, change, code) => {
      await using peer = new GssapiPeer();
      await peer.ask({ command: "initiate", target: "HTTP@localhost", mechanism: "spnego" });
      const token = await peer.bytes("step", Buffer.alloc(0));
      token[300] = (token[300] as number) ^ change;
      using credential = Credential.acquireSync({ package: "Negotiate", use: "inbound", provider });
      await using server = new NegotiateServer(credential, "Negotiate");
      const header = `Authorization: Negotiate ${token.toString("base64")}`;
      expect(await curl(...status, "--header", header, await server.listen())).toBe(code);
      expect(server.refusals.length).toBe(change);
    });
  },
);

describe.each(providers.map((provider) => ({ provider, label: provider.label })))(
  "curl --ntlm and our server on $label",
  ({ provider }) => {
    needsForNtlm(provider);
    const get = async (user: string): Promise<readonly [string, readonly unknown[]]> => {
      const settings = ntlmFacts(provider).server;
      using credential = Credential.acquireSync({ package: "NTLM", use: "inbound", provider, ...settings });
      await using server = new NegotiateServer(credential, "NTLM");
      const url = await server.listen();
      return [await curl(...status, "--ntlm", "--user", user, url), server.refusals];
    };

    it("lets alice in, unless it insists on Unicode from the first token on, which curl's does not have", async () => {
      const [code, refusals] = await get("alice:userpw");
      if (provider.kind === "winpr") {
        expect(code).toBe("401");
        expect(refusals).toMatchObject([{ code: "SEC_E_INVALID_TOKEN", operation: "AcceptSecurityContext" }]);
      } else expect([code, refusals]).toEqual(["200", []]);
    });

    it.each(["alice:wrong", "nobody:userpw"])("does not let in %s", async (user) => {
      const [code, refusals] = await get(user);
      expect(code).toBe("401");
      const expected = provider.kind === "winpr" ? "SEC_E_INVALID_TOKEN" : "SEC_E_LOGON_DENIED";
      expect(refusals).toMatchObject([{ code: expected, operation: "AcceptSecurityContext" }]);
    });
  },
);
