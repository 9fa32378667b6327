import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { type HttpAuthenticationError, HttpAuthenticator, type HttpAuthenticatorOptions } from "../../src/http.ts";
import { ClientContext, Credential } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { alice, ntlmFacts, providers } from "../live/providers.ts";
import { getAs } from "./http-client.ts";
import { chromium, curl } from "./peer.ts";

interface Site extends AsyncDisposable {
  readonly url: string;
  readonly refusals: readonly HttpAuthenticationError[];
}

/** A page that greets its reader by name. */
async function site(options: HttpAuthenticatorOptions): Promise<Site> {
  const refusals: HttpAuthenticationError[] = [];
  const authenticator = new HttpAuthenticator({ onRefusal: (refusal) => refusals.push(refusal), ...options });
  const listener = authenticator.guard((_, response, user) => {
    response.setHeader("X-User", user.name).setHeader("Content-Type", "text/html");
    response.end(`<h1>Hello ${user.name}</h1>`);
  });
  const server = createServer(authenticator.serverOptions, listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    refusals,
    async [Symbol.asyncDispose]() {
      authenticator.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Wine's packages do not answer SECPKG_ATTR_NAMES, so that everybody is nobody there. */
const namesClients = process.platform !== "win32";
const user = ["--user", ":"] as const;
const status = ["--output", "/dev/null", "--write-out", "%{http_code} "] as const;

describeKerberos(
  (label) => `HttpAuthenticator with Kerberos on ${label}`,
  ({ provider }) => {
    freshTickets();
    const named = namesClients && provider.traits.namesInboundPeer === "all";
    const options: HttpAuthenticatorOptions = {
      schemes: ["Negotiate"],
      bindings: provider.traits.enforcesBindings === "all" ? "when-sent" : "off",
      credential: { provider },
    };

    it("S20 curl --negotiate is greeted as alice where the provider names her, and is nobody elsewhere", async () => {
      await using web = await site(options);
      const page = await curl("--negotiate", ...user, web.url);
      if (named) expect([page, web.refusals]).toEqual(["<h1>Hello alice@EXAMPLE.TEST</h1>", []]);
      else expect([page, web.refusals]).toMatchObject(["", [{ reason: "no-name" }]]);
    });

    it.runIf(named)(
      "curl sends a ticket with each request, or once for the connection where that was asked for",
      async () => {
        for (const persist of [false, "connection"] as const) {
          await using web = await site({ ...options, persist });
          const codes = await curl(...status, "--negotiate", ...user, web.url, ...status, web.url);
          expect(codes.trim().split(" ")).toEqual(["200", "200"]);
        }
      },
    );

    it("curl without a ticket, and with garbage in its place, is nobody", async () => {
      await using web = await site(options);
      expect(await curl(...status, web.url)).toBe("401 ");
      expect(await curl(...status, "--header", "Authorization: Negotiate YIIDBg==", web.url)).toBe("401 ");
      expect(web.refusals).toMatchObject([{ reason: "refused" }]);
    });

    it.runIf(named)("Chromium shows a greeting for alice, without a word typed", async () => {
      await using web = await site(options);
      const page = await chromium("--auth-server-allowlist=localhost", "--dump-dom", web.url);
      expect(page).toContain("<h1>Hello alice@EXAMPLE.TEST</h1>");
      expect(await chromium("--dump-dom", web.url)).not.toContain("alice");
    });
  },
);

describe.each(providers.map((provider) => ({ provider, label: provider.label })))(
  "HttpAuthenticator with NTLM on $label",
  ({ provider }) => {
    needsForNtlm(provider);
    const options: HttpAuthenticatorOptions = {
      schemes: ["NTLM"],
      bindings: "off",
      credential: { provider, ...ntlmFacts(provider).server },
    };
    const get = async (url: string, password: string) => {
      const identity = { ...alice, password };
      using credential = Credential.acquireSync({ package: "NTLM", use: "outbound", identity, provider });
      using client = new ClientContext(credential, { target: "HTTP/localhost" });
      return await getAs(client, url, "NTLM");
    };

    it("S20 lets alice in with her password where the provider names her, and nobody with another", async () => {
      await using web = await site(options);
      const right = await get(web.url, "userpw");
      expect(await get(web.url, "wrong")).toEqual({ status: 401, user: undefined });
      if (namesClients) {
        expect(right).toMatchObject({ status: 200, user: expect.stringMatching(/\balice$/) });
        expect(web.refusals).toMatchObject([{ reason: "refused" }]);
      } else {
        expect(right).toEqual({ status: 401, user: undefined });
        expect(web.refusals).toMatchObject([{ reason: "no-name" }, { reason: "refused" }]);
      }
    });

    it("S12 is refused at construction where bindings are asked for and not enforced", () => {
      expect(() => new HttpAuthenticator({ ...options, bindings: "when-sent" })).toThrow(/^bindings: NTLM of /);
    });
  },
);
