import { afterEach, describe, expect, it } from "vitest";
import {
  ClientContext,
  Credential,
  type CredentialOptions,
  gssapiProvider,
  type SecurityProvider,
  ServerContext,
  SspiError,
  type StatusCode,
} from "../../src/index.ts";
import { embeddedHost, embeddedPackage, PackageHost } from "../../src/packages.ts";
import { compiledPackage, hasPackages } from "../fixtures/compiled-package.ts";
import { smallProvider } from "../fixtures/small-provider.ts";
import { testPackage } from "../packages/test-package.ts";
import { freshTickets } from "./kerberos.ts";
import { tokenOf } from "./ntlm.ts";
import { alice, ntlmFacts, providers } from "./providers.ts";

/** The SSPI provider, and who logs on to whom on it. */
interface Stage {
  readonly client: Omit<CredentialOptions, "use">;
  readonly server: Omit<CredentialOptions, "use">;
}

const key = Buffer.alloc(32, 7);
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0).reverse()) one.close();
});

function closedAfterwards<T extends { close(): void }>(one: T): T {
  opened.push(one);
  return one;
}

function hostOf(load: (host: PackageHost) => void, name: string): Stage {
  const host = closedAfterwards(new PackageHost());
  load(host);
  const common = { package: name, provider: host.provider };
  return { client: { ...common, identity: alice }, server: common };
}

function inTypeScript(): Stage {
  // Opened before its host, and therefore closed after it.
  const defined = closedAfterwards(testPackage());
  return hostOf((host) => host.add(defined), "Test");
}

/** Sealed and opened in place. Wine's Kerberos needs more memory than it announces. */
function conveyed(from: ClientContext | ServerContext, to: ClientContext | ServerContext, text: string): string {
  const token = Buffer.alloc(from.query("sizes").cbSecurityTrailer + 64);
  const data = Buffer.from(text);
  const used = from.encryptInPlace(token, data);
  expect(data.toString()).not.toBe(text);
  return data.subarray(0, to.decryptInPlace(token.subarray(0, used), data)).toString();
}

function embedded(): Stage {
  const { provider } = closedAfterwards(embeddedHost({ keys: { alice: key } }));
  const common = { package: embeddedPackage, provider };
  return { client: { ...common, principal: "alice" }, server: common };
}

/** NTLM of WinPR; Kerberos of Windows, since Windows' NTLM has two keys on Wine. */
const systems: [string, () => Stage][] = providers.map((provider) => {
  const { label, kind } = provider;
  if (kind !== "winpr")
    return [label, () => ({ client: { package: "Kerberos", provider }, server: { package: "Kerberos", provider } })];
  const common = { package: "NTLM", provider };
  return [
    label,
    () => ({ client: { ...common, identity: alice }, server: { ...common, ...ntlmFacts(provider).server } }),
  ];
});

/** The system's own GSSAPI, where there is one. */
const gssapi: [string, () => Stage][] = (process.platform === "win32" ? [] : ["Kerberos", "Negotiate"]).map((name) => {
  const common = { package: name, provider: gssapiProvider() };
  return [`${name} of GSSAPI`, () => ({ client: common, server: common })];
});

/** The providers whose users log on with Kerberos. */
const kerberos = [
  ...providers.filter(({ kind }) => kind !== "winpr").map(({ label }) => label),
  ...gssapi.map(([label]) => label),
];

const stages: readonly [string, () => Stage][] = [
  ...systems,
  ...gssapi,
  ["a package in TypeScript", inTypeScript],
  ["a package in C", () => hostOf((host) => host.load(compiledPackage("sound"), { splitsMessages: true }), "Fixture")],
  ["the embedded package", embedded],
  ...["Small", "Smaller"].map((name): [string, () => Stage] => {
    const common = { package: name, provider: smallProvider() };
    return [`${name} of a provider outside the library`, () => ({ client: common, server: common })];
  }),
];

/** The answer of a complete package that is asked to begin again. */
function refusal({ kind }: SecurityProvider): StatusCode {
  if (kind === "winpr") return "SEC_E_OUT_OF_SEQUENCE";
  if (kind === "gssapi") return "SEC_E_UNSUPPORTED_FUNCTION";
  return kind === "secur32" ? "SEC_E_INTERNAL_ERROR" : "SEC_E_INVALID_TOKEN";
}

describe.each(hasPackages ? stages : stages.filter(([label]) => label !== "a package in C"))(
  "the same client and server on %s",
  (label, open) => {
    if (kerberos.includes(label)) freshTickets();

    function sides(): { readonly client: ClientContext; readonly server: ServerContext } {
      const stage = open();
      using outbound = Credential.acquireSync({ ...stage.client, use: "outbound" });
      using inbound = Credential.acquireSync({ ...stage.server, use: "inbound" });
      const request = ["confidentiality", "integrity", "mutualAuth"] as const;
      const client = closedAfterwards(new ClientContext(outbound, { target: "HTTP/localhost", request }));
      return { client, server: closedAfterwards(new ServerContext(inbound, { request })) };
    }

    async function shaken() {
      const { client, server } = sides();
      for (let leg = await client.step(); leg.token; ) {
        const answer = await server.step(leg.token);
        if (!answer.token) break;
        leg = await client.step(answer.token);
      }
      return { client, server };
    }

    it("completes, and understands messages both ways", async () => {
      const { client, server } = await shaken();
      expect([client.complete, server.complete]).toEqual([true, true]);
      expect(conveyed(client, server, "to the server")).toBe("to the server");
      expect(conveyed(server, client, "to the client")).toBe("to the client");
    });

    it("cannot be initialised again when it is complete, and is deleted by the attempt", async () => {
      const { client } = await shaken();
      client.reauthenticate();
      expect(() => client.stepSync()).toThrow(expect.objectContaining({ code: refusal(client.provider) }));
      expect(() => client.query("sizes")).toThrow("the exchange has failed and its context is deleted");
    });

    it("refuses an invalid first token, and is of no use afterwards", () => {
      const { server } = sides();
      expect(() => server.stepSync(Buffer.from("no token"))).toThrow(SspiError);
      expect(() => server.stepSync(Buffer.from("again"))).toThrow("failed");
    });

    it("passes the client's token to the server unchanged", () => {
      const { client } = sides();
      expect(tokenOf(client.stepSync())?.length).toBeGreaterThan(0);
    });
  },
);
