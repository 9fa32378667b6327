import { once } from "node:events";
import type { Duplex } from "node:stream";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ClientExchange } from "../../src/credssp/client-exchange.ts";
import { Deadline } from "../../src/credssp/deadline.ts";
import { DelegatedCredentials } from "../../src/credssp/delegated-credentials.ts";
import { InnerLogon } from "../../src/credssp/inner-logon.ts";
import { secureClient, shownBy } from "../../src/credssp/node-tls.ts";
import { subjectPublicKey } from "../../src/credssp/public-key-binding.ts";
import { decodeCredentials, passwordBytes } from "../../src/credssp/ts-credentials.ts";
import { Wire } from "../../src/credssp/wire.ts";
import { CredsspStream } from "../../src/credssp.ts";
import { Credential, type Peer, SecureStream, type SecurityProvider } from "../../src/index.ts";
import { Transport } from "../../src/streams/transport.ts";
import { rootPem } from "../fixtures/tls-certificates.ts";
import { alice, credssp, target } from "./ends.ts";
import { innerPackages } from "./inner-packages.ts";
import { pipes, serverOptions } from "./streams.ts";

interface Claim {
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

/** A client that logs on as alice, and delegates credentials of its choice. */
async function client(stream: Duplex, provider: SecurityProvider, claim: Claim): Promise<Transport> {
  const socket = await secureClient(stream, "localhost", { ca: rootPem });
  const transport = new Transport(socket, () => {});
  const deadline = new Deadline({});
  using credential = Credential.acquireSync({ package: "NTLM", use: "outbound", provider, identity: alice });
  const inner = InnerLogon.client(credential, target, false);
  const credentials = () => ({ ...claim, password: passwordBytes(claim.password) });
  const key = subjectPublicKey(shownBy(socket).x509.publicKey);
  const exchange = new ClientExchange({ version: 6, minimumVersion: 5, key, inner, credentials });
  const wire = new Wire(transport, deadline);
  await wire.send(await wire.run(exchange.run(), inner));
  inner.close();
  deadline.stop();
  return transport;
}

const bob = { domain: "EXAMPLE.TEST", user: "bob", password: "bobpw" };

it("E9: a name that a client delegates is escaped where it is printed", () => {
  const claim = { user: "x\n\u001b[2J\u009b1malice", domain: "'}\r", password: Buffer.alloc(0) };
  using delegated = new DelegatedCredentials(claim, undefined);
  const shown = inspect(delegated);
  expect(shown).toContain("x\\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them is to be there
  expect(shown).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
});

it.each([
  ["mi\u212ae", "mike"],
  ["me\u017fsage", "message"],
  ["stra\u00dfe", "STRASSE"],
  ["\u0131van", "Ivan"],
])("N7: %s is not the account %s, though one of its letters is the other's in one case", (user, account) => {
  const peer = { account, name: account, package: "NTLM" } as unknown as Peer;
  using delegated = new DelegatedCredentials({ user, domain: "", password: Buffer.alloc(0) }, peer);
  using same = new DelegatedCredentials({ user: account.toUpperCase(), domain: "", password: Buffer.alloc(0) }, peer);
  expect([delegated.matches, same.matches]).toEqual([false, true]);
});

describe("a client that logs on as alice and delegates bob", () => {
  it("N7: is alice to a stream, which says that the delegated name is another", async () => {
    const provider = innerPackages();
    const [one, other] = pipes();
    const [server, transport] = await Promise.all([
      CredsspStream.accept(other, serverOptions({ innerProvider: provider })),
      client(one, provider, bob),
    ]);
    server.on("error", () => {});
    expect(server.peer.name).toBe("EXAMPLE.TEST\\alice");
    expect(server.delegated).toMatchObject({ user: "bob", matches: false });
    transport.destroy(new Error("the test is over"));
    await server[Symbol.asyncDispose]();
  });

  it("N7: is alice to the package, whatever attribute is asked for", async () => {
    const provider = innerPackages();
    const host = credssp({ innerProvider: provider });
    const [one, other] = pipes();
    using credential = Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider: host.provider });
    const server = SecureStream.accept(other, credential);
    const [transport] = await Promise.all([client(one, provider, bob), once(server, "secure")]);
    const { context } = server;
    expect(context.peer().name).toBe("EXAMPLE.TEST\\alice");
    expect(context.query("names").sUserName).toBe("EXAMPLE.TEST\\alice");
    expect(decodeCredentials(context.query("clientCredentials").AuthBuffer).user).toBe("bob");
    transport.destroy(new Error("the test is over"));
    server.on("error", () => {});
    await server[Symbol.asyncDispose]();
  });

  it.each([
    [{ user: "ALICE", domain: "example.test" }, true],
    [{ user: "alice@EXAMPLE.TEST", domain: "" }, true],
    [{ user: "alice", domain: "" }, false],
    [{ user: "alice", domain: "OTHER" }, false],
    [{ user: "alice@OTHER", domain: "" }, false],
    [{ user: "alice2", domain: "EXAMPLE.TEST" }, false],
    [{ user: "alice", domain: "EXAMPLE.TE\u017fT" }, false],
  ])("N7: is distinguished from a client that delegates alice by another spelling: %j", async (claim, matches) => {
    const provider = innerPackages();
    const [one, other] = pipes();
    const [server, transport] = await Promise.all([
      CredsspStream.accept(other, serverOptions({ innerProvider: provider })),
      client(one, provider, { ...claim, password: "userpw" }),
    ]);
    server.on("error", () => {});
    expect(server.delegated?.matches).toBe(matches);
    transport.destroy(new Error("the test is over"));
    await server[Symbol.asyncDispose]();
  });
});
