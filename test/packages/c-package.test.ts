import { setTimeout } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { SEC_E_LOGON_DENIED } from "../../generated/status/constants.ts";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import { ClientContext, Credential, importContext, packages } from "../../src/index.ts";
import type { SecurityProvider } from "../../src/native/index.ts";
import { PackageHost } from "../../src/packages.ts";
import { compiledPackage, hasPackages, type PackageVariant } from "../fixtures/compiled-package.ts";
import { expectUnderstanding, handshake } from "./hosted.ts";

/** A host with the C package loaded, closed when the test ends. */
function hostOf(variant: PackageVariant = "sound"): PackageHost {
  const host = new PackageHost();
  onTestFinished(() => host.close());
  host.load(compiledPackage(variant), { splitsMessages: true });
  return host;
}

/** Runs a client's first leg; the target tells the package what to do. */
function clientLeg(provider: SecurityProvider, target: string, request: readonly "allocateMemory"[] = []) {
  using credential = Credential.acquireSync({ package: "Fixture", use: "outbound", provider });
  using client = new ClientContext(credential, { target, request });
  return client.stepSync();
}

/** Reads the package's counters, which it returns as stream sizes. */
function counters(context: ClientContext): { threadFinished: number; calls: number } {
  const { cbHeader, cbTrailer } = context.query("streamSizes");
  return { threadFinished: cbHeader, calls: cbTrailer };
}

describe.runIf(hasPackages)("a package written in C", () => {
  it("is loaded, completes an exchange, and protects messages in both directions", () => {
    const { provider } = hostOf();
    expect(packages(provider)).toMatchObject([{ name: "Fixture", comment: "in C", maxToken: 64 }]);
    using pair = handshake(provider, "alice", "Fixture");
    expectUnderstanding(pair.client, pair.server);
    expect(pair.client.query("names")).toEqual({ sUserName: "server" });
  });

  it("can call every function of LSA's table as documented", async () => {
    const host = hostOf();
    clientLeg(host.provider, "use-lsa");
    const { misdeeds, unsupported, audits, held } = host.diagnostics();
    // One of the package's checks copies more than a client buffer holds, on purpose.
    expect(misdeeds).toMatchObject([{ package: "Fixture", kind: "wrong-size" }]);
    expect(unsupported).toEqual([{ package: "Fixture", name: "OpenTokenByLogonId", count: 1 }]);
    expect(audits).toEqual([{ package: "Fixture", status: "STATUS_LOGON_FAILURE", account: "al" }]);
    expect(held).toEqual([]);
    using pair = handshake(host.provider, "alice", "Fixture");
    await setTimeout(20);
    // callback called once, one notification at once, none at intervals (it was cancelled)
    expect(counters(pair.client)).toEqual({ threadFinished: 0, calls: 101 });
  });

  it("gets its wrong releases recorded as misdeeds, and the process continues", () => {
    const host = hostOf();
    for (const how of ["wrong-free", "double-free", "other-heap"]) clientLeg(host.provider, how);
    expect(host.diagnostics().misdeeds).toMatchObject([
      { package: "Fixture", kind: "bad-free", text: expect.stringContaining("is not, or no longer, allocated") },
      { package: "Fixture", kind: "bad-free", text: expect.stringContaining("is not, or no longer, allocated") },
      {
        package: "Fixture",
        kind: "bad-free",
        text: expect.stringContaining("allocated as private heap, was released as LSA heap"),
      },
    ]);
    expect(host.diagnostics().held).toEqual([]);
  });

  it("may allocate its own output, which the host copies and releases", () => {
    const host = hostOf();
    expect(clientLeg(host.provider, "own-output").token?.toString()).toBe("C1 own");
    expect(clientLeg(host.provider, "own-output", ["allocateMemory"]).token?.toString()).toBe("C1 own");
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
  });

  it("may return output of unknown origin, which the host copies, reports and never frees", () => {
    const host = hostOf();
    expect(clientLeg(host.provider, "static-output").token?.toString()).toBe("C1 static");
    expect(clientLeg(host.provider, "static-output", ["allocateMemory"]).token?.toString()).toBe("C1 static");
    const report = { package: "Fixture", kind: "unknown-pointer" };
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [report, report] });
  });

  it.each(["wrong-size", "overclaim"])("fails a leg that claims more bytes than it wrote: %s", (how) => {
    const host = hostOf();
    expect(() => clientLeg(host.provider, how)).toThrow(/SEC_E_INTERNAL_ERROR/);
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [{ kind: "wrong-size" }], open: { contexts: 0 } });
  });

  it("has its leaked memory listed under its name", () => {
    const host = hostOf();
    clientLeg(host.provider, "leak");
    host.close();
    expect(host.diagnostics().held).toEqual([{ package: "Fixture", heap: "LSA heap", count: 1, bytes: 100 }]);
    expect(host.diagnostics().bytesAllocated).toBeGreaterThan(100);
  });

  it("fails with the SSPI status of the same meaning, or with its own status if there is no such status", () => {
    const { provider } = hostOf();
    expect(() => clientLeg(provider, "nt-status")).toThrow(/SEC_E_LOGON_DENIED/);
    expect(provider.explain?.(SEC_E_LOGON_DENIED)?.message).toMatch(/InitLsaModeContext answered STATUS_ACCESS_DENIED/);
    expect(() => clientLeg(provider, "unknown-nt-status")).toThrow(/STATUS_ACCOUNT_EXPIRED/);
  });

  it("fails the leg when it returns a positive status that is unknown to SSPI", () => {
    const host = hostOf();
    expect(() => clientLeg(host.provider, "positive")).toThrow();
    expect(host.diagnostics()).toMatchObject({ held: [], open: { contexts: 0 } });
  });

  it("may call the host on its own thread, as long as no call waits for that thread", async () => {
    const host = hostOf();
    clientLeg(host.provider, "thread");
    using pair = handshake(host.provider, "alice", "Fixture");
    for (let turn = 0; turn < 100 && counters(pair.client).threadFinished === 0; turn += 1) await setTimeout(5);
    expect(counters(pair.client).threadFinished).toBe(1);
    expect(host.diagnostics().held.filter(({ package: who }) => who !== "Fixture")).toEqual([]);
  });

  it("SPX-03, SPX-08: exports with AllocateClientBuffer, and imports what it exported", () => {
    const host = hostOf();
    const { provider } = host;
    using pair = handshake(provider, "alice", "Fixture");
    expectUnderstanding(pair.client, pair.server);
    const { packed, token } = pair.client.export({ deleteOld: true, withToken: true });
    token?.close();
    expect(host.diagnostics().held.filter(({ heap }) => heap === "client buffer")).toEqual([]);
    using imported = importContext({ package: "Fixture", packed, provider });
    expectUnderstanding(imported, pair.server);
    expect(() => importContext({ package: "Fixture", packed: packed.subarray(1), provider })).toThrow(
      /SEC_E_INVALID_TOKEN/,
    );
  });

  it("SPX-06: without ExportContext (NULL or beyond the table) makes export() throw SEC_E_UNSUPPORTED_FUNCTION", () => {
    const without = hostOf("no-export");
    const short = new PackageHost();
    onTestFinished(() => short.close());
    short.load(compiledPackage("sound"), { userTableSize: 12 * pointerSize(hostAbi) });
    for (const { provider } of [without, short]) {
      using pair = handshake(provider, "alice", "Fixture");
      expect(() => pair.client.export({ deleteOld: true })).toThrow(/SEC_E_UNSUPPORTED_FUNCTION/);
      expect(pair.client.complete).toBe(true);
    }
  });

  it("gets an empty SecBufferDesc for a leg without input, or NULL with the option nullInput", () => {
    {
      using host = new PackageHost();
      host.load(compiledPackage("null-input"), { splitsMessages: true, nullInput: true });
      using pair = handshake(host.provider, "alice", "Fixture");
      expectUnderstanding(pair.client, pair.server);
    }
    // These run one after the other: a process loads a library once, and the library keeps one LSA table.
    for (const [variant, nullInput] of [
      ["null-input", false],
      ["sound", true],
    ] as const) {
      using other = new PackageHost();
      other.load(compiledPackage(variant), { nullInput });
      expect(() => clientLeg(other.provider, "x")).toThrow(/SEC_E_INVALID_TOKEN/);
      expect(other.diagnostics()).toMatchObject({ held: [], open: { contexts: 0 } });
    }
  });

  it("may work without InitUserModeContext", () => {
    const host = hostOf("no-init-user");
    using pair = handshake(host.provider, "alice", "Fixture");
    expectUnderstanding(pair.client, pair.server);
    expect(pair.client.query("names")).toEqual({ sUserName: "server" });
    pair.client.export({ deleteOld: true });
    pair[Symbol.dispose]();
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [], open: { credentials: 0, contexts: 0 } });
    // An incomplete context exists only on LSA's side, so only that side deletes it.
    clientLeg(host.provider, "x");
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
  });

  it("answers messages of callPackage(), which SSPI does not define", () => {
    const host = hostOf();
    expect(host.callPackage("Fixture", Buffer.from("echo")).toString()).toBe("echo");
    expect(() => host.callPackage("Fixture", Buffer.from("x"), { caller: "untrusted" })).toThrow(
      /STATUS_NOT_SUPPORTED/,
    );
    expect(host.diagnostics()).toMatchObject({ misdeeds: [] });
  });

  it("may share a module with another package", () => {
    const host = hostOf("two");
    expect(host.packages).toMatchObject([{ name: "Fixture" }, { name: "Fixture2" }]);
    using one = handshake(host.provider, "alice", "Fixture");
    using other = handshake(host.provider, "alice", "Fixture2");
    expectUnderstanding(one.client, one.server);
    expectUnderstanding(other.client, other.server);
  });
});
