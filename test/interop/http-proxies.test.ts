import { once } from "node:events";
import { createServer, get as httpsGet } from "node:https";
import type { AddressInfo } from "node:net";
import axios from "axios";
import got from "got";
import { request } from "undici";
import { describe, expect, inject, it } from "vitest";
import { serverName } from "../../scripts/lab/accounts.ts";
import { NegotiateProxyAgent, type ProxyOptions } from "../../src/http.ts";
import { NegotiateDispatcher } from "../../src/http-undici.ts";
import { localhostCertificate, localhostPassword, localhostPfx } from "../fixtures/localhost-certificate.ts";
import { needs, needsOnDemand } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { alice, providers } from "../live/providers.ts";
import { ntlmProxy } from "./ntlm-proxy.ts";
import { curl } from "./peer.ts";

const net = { family: 4, autoSelectFamily: false, keepAlive: false } as const;
/** The lab's servers have one name, and listen on one of its addresses. */
const target = () => "HTTP/localhost";

interface Site extends AsyncDisposable {
  readonly url: string;
}

/** A web server on TLS that requires no authentication. */
async function site(): Promise<Site> {
  const server = createServer({ pfx: localhostPfx, passphrase: localhostPassword }, (_, response) => {
    response.setHeader("Content-Type", "text/plain").end("behind the proxy");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function get(url: string, agent: NegotiateProxyAgent): Promise<string> {
  return new Promise((resolve, reject) => {
    httpsGet(url, { agent }, (response) => response.on("data", (text) => resolve(String(text)))).on("error", reject);
  });
}

const clients: Readonly<Record<string, (url: string, agent: NegotiateProxyAgent) => Promise<string>>> = {
  "https.get": get,
  axios: async (url, httpsAgent) => (await axios.get(url, { httpsAgent, proxy: false })).data,
  got: (url, https) => got(url, { agent: { https }, https: { certificateAuthority: localhostCertificate } }).text(),
};

describeKerberos(
  (label) => `a client with Kerberos on ${label}, and Squid's negotiate_kerberos_auth`,
  ({ provider }) => {
    const proxy = needsOnDemand("squid");
    needs("apache2");
    freshTickets();
    const access = (): ProxyOptions => ({ url: proxy().url, target, provider });

    it("is asked there for a ticket, as curl is, and no client gets through without one", async () => {
      const { kerberosUrl } = inject("lab").web;
      const through = [
        "--noproxy",
        "none",
        "--proxytunnel",
        "--proxy",
        proxy().url,
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_connect}",
      ];
      expect(await curl(...through, kerberosUrl)).toMatch(/^407/);
      const agent = new NegotiateProxyAgent({ ...access(), schemes: ["NTLM"] });
      await expect(get("https://localhost:1/", agent)).rejects.toMatchObject({ reason: "proxy-refused", status: 407 });
      agent.destroy();
    });

    it.each(Object.keys(clients))("gets through with %s and a NegotiateProxyAgent", async (name) => {
      await using web = await site();
      const agent = new NegotiateProxyAgent(access(), { ca: localhostCertificate, keepAlive: true });
      try {
        for (const _ of [1, 2]) expect(await clients[name]?.(web.url, agent)).toBe("behind the proxy");
      } finally {
        agent.destroy();
      }
    });

    it("gets through with a NegotiateDispatcher, and logs on to the server behind it", async () => {
      const { kerberosUrl } = inject("lab").web;
      const { origin } = new URL(kerberosUrl);
      await using dispatcher = new NegotiateDispatcher({ origins: [origin], provider, proxy: access(), tls: net });
      const all = Array.from({ length: 6 }, async () => {
        const { statusCode, headers, body } = await request(kerberosUrl, { dispatcher });
        await body.dump();
        return [statusCode, headers["x-user"]];
      });
      expect(await Promise.all(all)).toEqual(all.map(() => [200, "alice@EXAMPLE.TEST"]));
    });
  },
);

describe.each(providers.map((provider) => ({ provider, label: provider.label })))(
  "a client with NTLM on $label, and a proxy whose clients gss-ntlmssp accepts",
  ({ provider }) => {
    needs("winbindd");
    const through = async (password: string) => {
      await using web = await site();
      await using proxy = await ntlmProxy();
      const identity = { ...alice, domain: serverName, password };
      const access: ProxyOptions = { url: proxy.url, schemes: ["NTLM"], identity, provider };
      const agent = new NegotiateProxyAgent(access, { ca: localhostCertificate, keepAlive: true });
      try {
        const pages = await Promise.all([get(web.url, agent)]).catch((error) => error);
        return { pages, users: proxy.users, statuses: proxy.statuses };
      } finally {
        agent.destroy();
      }
    };

    it("gets through with three requests on one connection", async () => {
      expect(await through("userpw")).toMatchObject({ pages: ["behind the proxy"], statuses: [407, 407, 200] });
    });

    it("S16 gets no further with a wrong password", async () => {
      const { pages, users } = await through("wrong");
      expect(pages).toMatchObject({ reason: "proxy-refused", status: 407 });
      expect(users).toEqual([]);
    });
  },
);
