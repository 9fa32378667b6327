import { describe, expect, it } from "vitest";
import { ClientContext, Credential, packages, ServerContext } from "../../src/index.ts";
import { PackageError } from "../../src/packages.ts";
import { thrownBy } from "../thrown-by.ts";
import { expectUnderstanding, handshake, hosted } from "./hosted.ts";
import { testDefinition, testPackage } from "./test-package.ts";

describe("a hosted TypeScript package", () => {
  it("is listed with the data of its definition", () => {
    const { provider, host } = hosted();
    const capabilities = ["integrity", "privacy", "connection", "negotiable"];
    expect(packages(provider)).toMatchObject([
      { name: "Test", comment: "two legs", maxToken: 256, version: 1, rpcId: 0xffff, capabilities },
    ]);
    expect(host.packages).toMatchObject([{ name: "Test", module: "Test", maxToken: 256 }]);
    expect(host.negotiable).toEqual(["Test"]);
    expect(provider).toMatchObject({ kind: "host" });
  });

  it("completes an exchange, and each side decrypts and verifies the other's messages", () => {
    const { provider, defined } = hosted();
    using pair = handshake(provider);
    expect(pair.client.complete && pair.server.complete).toBe(true);
    expect(defined.open).toEqual({ credentials: 2, contexts: 2, sessions: 2 });
    expectUnderstanding(pair.client, pair.server);
  });

  it("gets the caller's identity, target, flags and channel bindings", () => {
    const seen: object[] = [];
    const { provider } = hosted(
      testPackage({
        acquireCredentials(request) {
          seen.push({
            ...request,
            identity: request.identity && { ...request.identity, password: request.identity.password },
          });
          return { user: "alice", domain: "" };
        },
        initContext(request) {
          seen.push(request);
          return { status: "continue", context: { peer: "" } };
        },
      }),
    );
    const identity = { user: "alïce ☂", domain: "WORK", password: "pässword" };
    using alice = Credential.acquireSync({ package: "Test", use: "outbound", provider, identity, principal: "me" });
    const channelBindings = { applicationData: Buffer.from("tls-unique:123") };
    using client = new ClientContext(alice, {
      target: "HTTP/x",
      request: ["mutualAuth", "confidentiality"],
      channelBindings,
    });
    client.stepSync();
    expect(seen).toMatchObject([
      { use: "outbound", principal: "me", identity, client: { processId: process.pid } },
      {
        target: "HTTP/x",
        requested: ["mutualAuth", "confidentiality"],
        channelBindings: Buffer.from("tls-unique:123"),
        token: undefined,
        context: undefined,
      },
    ]);
  });

  it("returns flags, expiry and attributes to the caller", () => {
    const { provider } = hosted();
    using pair = handshake(provider);
    expect(pair.client.flags).toEqual(["confidentiality"]);
    expect(pair.server.flags).toEqual([]);
    expect(pair.server.expiry).toEqual(new Date(2030, 5, 1, 12));
    expect(pair.client.expiry).toEqual(new Date(8_640_000_000_000_000));
    expect(pair.server.query("names")).toEqual({ sUserName: "alice" });
    expect(pair.server.query("sessionKey").SessionKey).toEqual(new Uint8Array(Buffer.from("key!")));
    expect(pair.server.query("lifespan")).toEqual({ tsStart: new Date(2026, 0, 1), tsExpiry: new Date(2027, 0, 1) });
    expect(() => pair.server.query("streamSizes")).toThrow(/SEC_E_UNSUPPORTED_FUNCTION/);
  });

  it("returns a token that the package allocated when the caller requests allocateMemory", async () => {
    const { provider, host } = hosted();
    using alice = Credential.acquireSync({ package: "Test", use: "outbound", provider });
    using client = new ClientContext(alice, { target: "x", request: ["allocateMemory"] });
    expect((await client.step()).token?.toString()).toBe("hello nobody to x");
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
  });

  it("can refuse a leg with a status and a token for the peer, and then no context remains", () => {
    const { provider, defined } = hosted();
    using house = Credential.acquireSync({ package: "Test", use: "inbound", provider });
    using server = new ServerContext(house);
    const error = thrownBy(() => server.stepSync(Buffer.from("hello mallory")));
    expect(error).toMatchObject({ code: "SEC_E_LOGON_DENIED", token: Buffer.from("no") });
    expect(defined.open).toMatchObject({ contexts: 0, sessions: 0 });
  });

  it("can report an incomplete message with the number of missing bytes, and extra bytes after a complete one", () => {
    const { provider } = hosted(
      testPackage({
        acceptContext: (request) =>
          request.token?.at(-1) === 0x2e
            ? { status: "complete", context: { peer: "" }, extra: 1 }
            : { status: "incomplete-message", missing: 3 },
      }),
    );
    using house = Credential.acquireSync({ package: "Test", use: "inbound", provider });
    using server = new ServerContext(house);
    expect(server.stepSync(Buffer.from("ab"))).toMatchObject({ status: "incomplete-message", missing: 3 });
    expect(server.stepSync(Buffer.from("c."))).toMatchObject({ status: "complete", extra: Buffer.from(".") });
  });

  it("refuses an altered message and a wrong signature", () => {
    const { provider } = hosted();
    using pair = handshake(provider);
    const first = pair.client.encrypt(Buffer.from("first"));
    const changed = Buffer.from(pair.client.encrypt(Buffer.from("second")));
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    pair.server.decrypt(first);
    expect(() => pair.server.decrypt(changed)).toThrow(/SEC_E_MESSAGE_ALTERED/);
    expect(() => pair.server.verify(Buffer.from("x"), Buffer.alloc(16))).toThrow(/SEC_E_MESSAGE_ALTERED/);
  });

  it("leaves nothing open after a hundred handshakes", () => {
    const { provider, host, defined } = hosted();
    for (let round = 0; round < 100; round += 1) {
      using pair = handshake(provider);
      pair.server.decrypt(pair.client.encrypt(Buffer.from("x")));
    }
    expect(defined.open).toEqual({ credentials: 0, contexts: 0, sessions: 0 });
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [], unsupported: [] });
  });
});

it("PackageError accepts only the headers' names of failures and has their status", () => {
  expect(new PackageError("SEC_E_NO_CREDENTIALS").status).toBe(0x8009030e);
  expect(new PackageError("STATUS_NO_MEMORY").status).toBe(0xc0000017);
  expect(() => new PackageError("SEC_E_OK")).toThrow(/expected the name of a failure/);
  expect(() => new PackageError("SEC_E_NONSENSE" as never)).toThrow(/expected the name of a failure/);
  expect(testDefinition.name).toBe("Test");
});
