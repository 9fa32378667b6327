import { describe, expect, it } from "vitest";
import {
  ClientContext,
  Credential,
  DisposedError,
  importContext,
  live,
  packages,
  ServerContext,
} from "../../src/index.ts";
import { definePackage, PackageHost } from "../../src/packages.ts";
import { handshake } from "./hosted.ts";
import { testDefinition, testPackage } from "./test-package.ts";

const message = Buffer.from("m");
const identity = { user: "alice", password: "userpw" };
/** How many native things are alive, of any kind. */
const alive = (): number => Object.values(live()).reduce((sum, count) => sum + count, 0);

describe("the property closed", () => {
  it("is false while a context, host or package is open, and true after close()", () => {
    const defined = testPackage();
    const host = new PackageHost();
    host.add(defined);
    const { client, server } = handshake(host.provider);
    const imported = importContext({ package: "Test", packed: client.export().packed, provider: host.provider });
    const things = [imported, client, server, host, defined];
    expect(things.map(({ closed }) => closed)).toEqual(things.map(() => false));
    for (const thing of things) thing.close();
    expect(things.map(({ closed }) => closed)).toEqual(things.map(() => true));
    expect(alive()).toBe(0);
  });

  it("is true for a context whose exchange failed or that was exported with deleteOld", () => {
    using defined = testPackage();
    using host = new PackageHost();
    host.add(defined);
    const { provider } = host;
    using credential = Credential.acquireSync({ package: "Test", use: "inbound", provider });
    using failed = new ServerContext(credential);
    expect(() => failed.stepSync(Buffer.from("nonsense"))).toThrow();
    using pair = handshake(provider);
    pair.client.export({ deleteOld: true });
    expect([failed.closed, pair.client.closed]).toEqual([true, true]);
  });
});

describe("a DisposedError", () => {
  it("is thrown by every use of a closed host or its provider, but not by releases", () => {
    const defined = testPackage();
    const host = new PackageHost();
    host.add(defined);
    const { provider } = host;
    const credential = Credential.acquireSync({ package: "Test", use: "outbound", provider, identity });
    const begun = new ClientContext(credential);
    begun.stepSync();
    const pair = handshake(provider);
    host.close();
    const closed = new DisposedError("PackageHost");
    expect(() => host.add(defined)).toThrow(closed);
    expect(() => host.callPackage("Test", message)).toThrow(closed);
    expect(() => packages(provider)).toThrow(closed);
    expect(() => Credential.acquireSync({ package: "Test", use: "outbound", provider, identity })).toThrow(closed);
    expect(() => begun.stepSync(message)).toThrow(closed);
    expect(() => pair.client.encrypt(message)).toThrow(closed);
    pair.client.close();
    pair.server.close();
    credential.close();
    expect(alive()).toBe(0);
    defined.close();
  });

  it("rejects acquire() on a closed host", async () => {
    const host = new PackageHost();
    host.close();
    const { provider } = host;
    await expect(Credential.acquire({ package: "Test", use: "inbound", provider })).rejects.toThrow(DisposedError);
  });

  it("is thrown by the entry points of a closed package", () => {
    const defined = definePackage(testDefinition);
    defined.close();
    expect(() => defined.SpLsaModeInitialize).toThrow(new DisposedError("The package Test"));
    using host = new PackageHost();
    expect(() => host.add(defined)).toThrow(DisposedError);
  });
});
