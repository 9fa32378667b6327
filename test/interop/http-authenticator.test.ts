import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { statSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { SecureContextOptions } from "node:tls";
import { describe, expect, inject, it } from "vitest";
import { type HttpAuthenticationError, HttpAuthenticator, type HttpAuthenticatorOptions } from "../../src/http.ts";
import { ClientContext, Credential, serverEndPoint } from "../../src/index.ts";
import { localhostCertificate, localhostPassword, localhostPfx } from "../fixtures/localhost-certificate.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { describeKerberos, type KerberosProvider } from "../live/kerberos-providers.ts";
import { alice, ntlmFacts, providers } from "../live/providers.ts";
import { noteProvider } from "../report/tested-on.ts";
import { getAs } from "./http-client.ts";
import { chromium, curl, GssapiPeer } from "./peer.ts";

interface Site extends AsyncDisposable {
  readonly url: string;
  readonly refusals: readonly HttpAuthenticationError[];
}

const tls = { pfx: localhostPfx, passphrase: localhostPassword };

/** A page that greets its reader by name. */
async function site(options: HttpAuthenticatorOptions, secure?: SecureContextOptions): Promise<Site> {
  const refusals: HttpAuthenticationError[] = [];
  const authenticator = new HttpAuthenticator({ onRefusal: (refusal) => refusals.push(refusal), ...options });
  const listener = authenticator.guard((_, response, user) => {
    response.setHeader("X-User", user.name).setHeader("Content-Type", "text/html");
    response.end(`<h1>Hello ${user.name}</h1>`);
  });
  const server = secure
    ? createSecureServer({ ...authenticator.serverOptions, ...secure }, listener)
    : createServer(authenticator.serverOptions, listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http${secure ? "s" : ""}://localhost:${(server.address() as AddressInfo).port}/`,
    refusals,
    async [Symbol.asyncDispose]() {
      authenticator.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

const user = ["--user", ":"] as const;
const status = ["--output", "/dev/null", "--write-out", "%{http_code} "] as const;

function kerberosOptions({ provider, binds }: KerberosProvider): HttpAuthenticatorOptions {
  return { schemes: ["Negotiate"], bindings: binds.server ? "when-sent" : "off", credential: { provider } };
}

describeKerberos(
  (label) => `HttpAuthenticator with Kerberos on ${label}`,
  (on) => {
    freshTickets();
    const options = kerberosOptions(on);

    it("S20 curl --negotiate is greeted as alice where the provider names her, and has no user elsewhere", async () => {
      await using web = await site(options);
      const page = await curl("--negotiate", ...user, web.url);
      // Wine's packages do not answer SECPKG_ATTR_NAMES, so no client has a name there.
      if (on.names) expect([page, web.refusals]).toEqual(["<h1>Hello alice@EXAMPLE.TEST</h1>", []]);
      else expect([page, web.refusals]).toMatchObject(["", [{ reason: "no-name" }]]);
    });

    it("curl without a ticket, or with garbage in its place, has no user", async () => {
      await using web = await site(options);
      expect(await curl(...status, web.url)).toBe("401 ");
      expect(await curl(...status, "--header", "Authorization: Negotiate YIIDBg==", web.url)).toBe("401 ");
      expect(web.refusals).toMatchObject([{ reason: "refused" }]);
    });
  },
);

describeKerberos(
  (label) => `HttpAuthenticator with Kerberos on ${label}, which names clients`,
  (on) => {
    freshTickets();
    const options = kerberosOptions(on);

    it("curl sends a ticket with each request, or once for the connection where that was asked for", async () => {
      for (const persist of [false, "connection"] as const) {
        await using web = await site({ ...options, persist });
        const codes = await curl(...status, "--negotiate", ...user, web.url, ...status, web.url);
        expect(codes.trim().split(" ")).toEqual(["200", "200"]);
      }
    });

    it.each([1, 9])(
      "S6 a ticket that was overheard is refused after alice's use, on another connection or at another server (%i)",
      async (logons) => {
        using credential = await Credential.acquire({ package: "Negotiate", use: "outbound", provider: on.provider });
        await using web = await site(options);
        await using other = await site(options);
        const fields: string[] = [];
        for (let count = 0; count < logons; count += 1) {
          using client = new ClientContext(credential, { target: "HTTP/localhost" });
          const { token = Buffer.alloc(0) } = await client.step();
          fields.push(`Authorization: Negotiate ${token.toString("base64")}`);
        }
        const codes = async (url: string): Promise<string[]> =>
          await Promise.all(fields.map((field) => curl(...status, "--header", field, url)));
        expect(new Set(await codes(web.url))).toEqual(new Set(["200 "]));
        for (const { url } of [web, other]) expect(new Set(await codes(url))).toEqual(new Set(["401 "]));
        expect(new Set(web.refusals.map(({ reason }) => reason))).toEqual(new Set(["refused"]));
      },
    );

    it("curl is greeted where no provider is named: Kerberos is the system's own", async () => {
      noteProvider(on.provider);
      await using web = await site({ schemes: ["Negotiate"] });
      expect(await curl("--negotiate", ...user, web.url)).toBe("<h1>Hello alice@EXAMPLE.TEST</h1>");
    });

    it("Chromium shows a greeting for alice, without a word typed", async () => {
      await using web = await site(options);
      const page = await chromium("--auth-server-allowlist=localhost", "--dump-dom", web.url);
      expect(page).toContain("<h1>Hello alice@EXAMPLE.TEST</h1>");
      expect(await chromium("--dump-dom", web.url)).not.toContain("alice");
    });

    it("Chromium draws that greeting, and nothing where it has no ticket to send", async () => {
      await using web = await site(options);
      const drawn = async (...args: readonly string[]): Promise<number> => {
        const file = join(inject("lab").folder, "greeting.png");
        await chromium(...args, "--window-size=400,120", `--screenshot=${file}`, web.url);
        return statSync(file).size;
      };
      // A picture with letters in it takes more bytes than an empty one.
      expect(await drawn("--auth-server-allowlist=localhost")).toBeGreaterThan((await drawn()) + 500);
    });
  },
  ({ names }) => names,
);

describeKerberos(
  (label) => `HttpAuthenticator over TLS with Kerberos on ${label}, which enforces bindings`,
  (on) => {
    freshTickets();
    const { applicationData } = serverEndPoint(new X509Certificate(localhostCertificate).raw);
    const others = Buffer.from("tls-server-end-point:of another connection");

    it.each([
      { to: "its own connection", bytes: applicationData, bindings: "required", code: 200 },
      { to: "another connection", bytes: others, bindings: "required", code: 401 },
      { to: "no connection", bytes: undefined, bindings: "required", code: 401 },
      { to: "another connection", bytes: others, bindings: "when-sent", code: 401 },
      { to: "no connection", bytes: undefined, bindings: "when-sent", code: 200 },
    ] as const)(
      "S12 a ticket that MIT's GSSAPI has bound to $to, sent by curl where bindings are $bindings, gets $code",
      async ({ bytes, bindings, code }) => {
        await using web = await site({ ...kerberosOptions(on), bindings }, tls);
        await using peer = new GssapiPeer();
        const bound = bytes && { "binding-bytes": Buffer.from(bytes).toString("hex") };
        await peer.ask({ command: "initiate", target: "HTTP@localhost", mechanism: "spnego", ...bound });
        const token = await peer.bytes("step", Buffer.alloc(0));
        const header = `Authorization: Negotiate ${token.toString("base64")}`;
        expect(await curl(...status, "--insecure", "--header", header, web.url)).toBe(`${code} `);
        expect(web.refusals.map(({ reason }) => reason)).toEqual(code === 200 ? [] : ["wrong-channel"]);
      },
    );
  },
  ({ names, binds }) => names && binds.server,
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
      if (provider.kind === "winpr") {
        expect(right).toMatchObject({ status: 200, user: expect.stringMatching(/\balice$/) });
        expect(web.refusals).toMatchObject([{ reason: "refused" }]);
      } else {
        expect(right).toEqual({ status: 401, user: undefined });
        expect(web.refusals).toMatchObject([{ reason: "no-name" }, { reason: "refused" }]);
      }
    });

    it("S16 curl --ntlm is asked for NTLM and sends it, and has no user: WinPR refuses its token, Wine names no client", async () => {
      await using web = await site(options);
      expect(await curl(...status, "--ntlm", "--user", "alice:userpw", web.url)).toBe("401 ");
      const refused = { reason: "refused", cause: { code: "SEC_E_INVALID_TOKEN" } };
      // curl may try once more, over another connection.
      const expected = provider.kind === "winpr" ? refused : { reason: "no-name" };
      expect(web.refusals[0]).toMatchObject(expected);
      for (const refusal of web.refusals) expect(refusal).toMatchObject(expected);
    });

    it("S12 is refused at construction where bindings are asked for and not enforced", () => {
      expect(() => new HttpAuthenticator({ ...options, bindings: "when-sent" })).toThrow(/^bindings: NTLM of /);
    });
  },
);
