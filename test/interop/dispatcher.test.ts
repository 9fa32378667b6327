import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { fetch, request } from "undici";
import { describe, expect, inject, it } from "vitest";
import { HttpAuthenticator } from "../../src/http.ts";
import { NegotiateDispatcher } from "../../src/http-undici.ts";
import { localhostCertificate, localhostPassword, localhostPfx } from "../fixtures/localhost-certificate.ts";
import { needs } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { providers } from "../live/providers.ts";

const net = { family: 4, autoSelectFamily: false, keepAlive: false } as const;

describeKerberos(
  (label) => `NegotiateDispatcher with Kerberos on ${label} and Apache's mod_auth_gssapi`,
  ({ provider }) => {
    needs("apache2");
    freshTickets();

    it("is let in as alice, with GET and with POST, many at once", async () => {
      const { kerberosUrl } = inject("lab").web;
      const { origin } = new URL(kerberosUrl);
      await using dispatcher = new NegotiateDispatcher({ origins: [origin], provider, connections: 2, tls: net });
      const all = Array.from({ length: 10 }, async (_, index) => {
        const init = index % 2 ? { method: "POST", body: "x".repeat(10_000) } : {};
        const response = await fetch(kerberosUrl, { dispatcher, ...init });
        await response.text();
        return [response.status, response.headers.get("x-user")];
      });
      expect(await Promise.all(all)).toEqual(all.map(() => [200, "alice@EXAMPLE.TEST"]));
    });

    it("S8 shows nothing to a server whose origin is not listed", async () => {
      const { kerberosUrl } = inject("lab").web;
      await using dispatcher = new NegotiateDispatcher({ origins: ["https://other.example"], provider, tls: net });
      const { statusCode, body } = await request(kerberosUrl, { dispatcher });
      await body.dump();
      expect(statusCode).toBe(401);
    });
  },
);

describe.each(providers.map((provider) => ({ provider, label: provider.label })))(
  "NegotiateDispatcher with NTLM on $label and Apache's gss-ntlmssp",
  ({ provider }) => {
    needs("apache2");
    const ask = async (passwords: readonly string[]) => {
      const { ntlmUrl } = inject("lab").web;
      const answers: unknown[] = [];
      for (const password of passwords) {
        const identity = { user: "alice", domain: "TESTDOM", password };
        const options = { origins: [new URL(ntlmUrl).origin], schemes: ["NTLM"], identity, provider } as const;
        await using dispatcher = new NegotiateDispatcher({ ...options, connections: 1, tls: net });
        for (const method of ["GET", "POST"] as const) {
          const body = method === "POST" ? "x".repeat(10_000) : null;
          const answer = await request(ntlmUrl, { dispatcher, method, body });
          await answer.body.dump();
          answers.push([answer.statusCode, answer.headers["x-user"]]);
        }
      }
      return answers;
    };

    it("is let in by the user's name after three requests, and then for the connection", async () => {
      expect(await ask(["userpw"])).toEqual([1, 2].map(() => [200, "TESTDOM\\alice"]));
    });

    it("S15 is refused with a wrong password on one connection after the other, and the right one gets in", async () => {
      const [first, second, ...others] = await ask(["wrong", "userpw"]);
      expect([first, second]).toEqual([1, 2].map(() => [401, undefined]));
      expect(others).toEqual([1, 2].map(() => [200, "TESTDOM\\alice"]));
    });
  },
);

describeKerberos(
  (label) => `NegotiateDispatcher and HttpAuthenticator over TLS with Kerberos on ${label}`,
  ({ provider }) => {
    freshTickets();

    it("S12 each handshake of a connection is bound, where the server insists, and an unbound one is refused", async () => {
      using authenticator = new HttpAuthenticator({
        schemes: ["Negotiate"],
        bindings: "required",
        credential: { provider },
      });
      const listener = authenticator.guard((_, response, user) => response.end(user.name));
      const tls = { pfx: localhostPfx, passphrase: localhostPassword };
      const server = createServer({ ...authenticator.serverOptions, ...tls }, listener);
      await once(server.listen(0, "127.0.0.1"), "listening");
      const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
      const get = async (dispatcher: NegotiateDispatcher) => {
        const { statusCode, body } = await request(origin, { dispatcher });
        return [statusCode, await body.text()];
      };
      const connection = { ...net, ca: localhostCertificate };
      const options = { origins: [origin], provider, connections: 1, tls: connection };
      try {
        await using bound = new NegotiateDispatcher(options);
        // Kerberos authenticates each request here: the second one has a separate handshake on the same connection.
        for (const _ of [1, 2]) expect(await get(bound)).toEqual([200, "alice@EXAMPLE.TEST"]);
        await using unbound = new NegotiateDispatcher({ ...options, bindings: "off" });
        expect((await get(unbound))[0]).toBe(401);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  },
  ({ binds, names }) => binds.client && binds.server && names,
);
