import { describe, expect, it, vi } from "vitest";
import { SECPKG_CONTEXT_EXPORT } from "../../generated/sspi/constants.ts";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { importContext, KernelExportError, live } from "../../src/index.ts";
import { HandleSlot } from "../../src/memory/index.ts";
import { copyOut, readStruct, type SecurityProvider } from "../../src/native/index.ts";
import { PackageError, PackageHost, type SessionOrigin } from "../../src/packages.ts";
import { keepArenas } from "../memory/kept-arenas.ts";
import { nothingLive } from "../nothing-live.ts";
import { expectUnderstanding, handshake, hosted } from "./hosted.ts";
import { pack, sessionsWith, type TestSession, testDefinition, testPackage } from "./test-package.ts";

/** Hosts the test package with `answer` as its sessions' `export`. */
function exporting(answer: (options: object) => Uint8Array) {
  return hosted(testPackage({ openSession: sessionsWith({ export: answer }) }));
}

/** The address of the next handle's slot: the same as before if that slot was given back. */
function nextSlot(): number {
  const slot = HandleSlot.lease();
  slot.giveBack();
  return slot.address;
}

/** Records the names of the provider's export and release calls from now on. */
function calls(provider: SecurityProvider): string[] {
  const made: string[] = [];
  for (const name of ["ExportSecurityContext", "FreeContextBuffer", "DeleteSecurityContext", "CloseHandle"] as const) {
    const original = provider[name] as (...args: unknown[]) => number;
    provider[name] = ((...args: unknown[]) => {
      made.push(name);
      return original(...args);
    }) as never;
  }
  return made;
}

describe("ExportSecurityContext and ImportSecurityContextW", () => {
  it("EXP-01: an imported context continues where the exported one stopped", () => {
    const { provider } = hosted();
    using pair = handshake(provider);
    expectUnderstanding(pair.client, pair.server);
    const { packed } = pair.client.export();
    using imported = importContext({ package: "Test", packed, provider });
    expectUnderstanding(imported, pair.server);
    expect(imported.query("names")).toEqual({ sUserName: "host" });
    expect(imported).toMatchObject({ package: "Test", complete: true, legs: 0, flags: "unknown", expiry: undefined });
  });

  it("EXP-02: a context exported with resetNew starts from its initial state after the import", () => {
    const { provider } = hosted();
    using pair = handshake(provider);
    const [client, server] = [pair.client.export({ resetNew: true }), pair.server.export({ resetNew: true })];
    for (const counted of ["one", "two"]) pair.client.sign(Buffer.from(counted));
    using one = importContext({ ...client, provider });
    using other = importContext({ ...server, provider });
    expectUnderstanding(one, other);
    using third = importContext({ ...pair.client.export(), provider });
    other.verify(Buffer.from("the third"), third.sign(Buffer.from("the third")));
    using fourth = importContext({ ...pair.client.export({ resetNew: true }), provider });
    expect(() => other.verify(Buffer.from("x"), fourth.sign(Buffer.from("x")))).toThrow(/SEC_E_MESSAGE_ALTERED/);
  });

  it("EXP-03: with deleteOld the old context is gone, refused before native code, and not deleted twice", () => {
    const { provider, defined } = hosted();
    using pair = handshake(provider);
    const made = calls(provider);
    pair.client.export({ deleteOld: true });
    expect(defined.open).toMatchObject({ contexts: 1, sessions: 1 });
    expect(live().contexts).toBe(1);
    const gone = /exported with deleteOld/;
    expect(() => pair.client.encrypt(Buffer.from("x"))).toThrow(gone);
    expect(() => pair.client.export()).toThrow(gone);
    expect(() => pair.client.query("sizes")).toThrow(gone);
    pair.client.close();
    expect(made).toEqual(["ExportSecurityContext", "FreeContextBuffer"]);
  });

  it("EXP-03: an imported context can be exported again with deleteOld, and is gone then", () => {
    const { provider, defined } = hosted();
    using pair = handshake(provider);
    using imported = importContext({ ...pair.client.export({ deleteOld: true }), provider });
    const made = calls(provider);
    using again = importContext({ ...imported.export({ deleteOld: true }), provider });
    expect(() => imported.sign(Buffer.from("x"))).toThrow(/exported with deleteOld/);
    expectUnderstanding(again, pair.server);
    imported.close();
    expect(made).toEqual(["ExportSecurityContext", "FreeContextBuffer"]);
    expect(defined.open.sessions).toBe(2);
  });

  it("EXP-04: toKernel is refused before native code with an error that names the flag", () => {
    const { provider } = hosted();
    using pair = handshake(provider);
    const made = calls(provider);
    expect(() => pair.client.export({ toKernel: true })).toThrow(KernelExportError);
    expect(() => pair.client.export({ toKernel: true })).toThrow(/SECPKG_CONTEXT_EXPORT_TO_KERNEL/);
    expect(() => pair.client.export({ deleteOld: 1 as never })).toThrow(
      new TypeError("deleteOld: expected a boolean, got number"),
    );
    expect(made).toEqual([]);
  });

  it.each([
    [{}, { resetNew: false, deleteOld: false }, 0],
    [{ resetNew: true }, { resetNew: true, deleteOld: false }, 1],
    [{ deleteOld: true }, { resetNew: false, deleteOld: true }, 2],
    [{ resetNew: true, deleteOld: true }, { resetNew: true, deleteOld: true }, 3],
  ])("EXP-05, SPX-01: flags are combined with OR and reach the package: %o", (options, reached, bits) => {
    const seen: object[] = [];
    const { provider } = exporting((flags) => {
      seen.push({ ...flags });
      return Buffer.from("packed");
    });
    using pair = handshake(provider);
    const native = vi.spyOn(provider, "ExportSecurityContext");
    expect(pair.client.export(options).packed.toString()).toBe("packed");
    expect(seen).toEqual([reached]);
    expect(native.mock.calls[0]?.[1]).toBe(bits);
    expect(SECPKG_CONTEXT_EXPORT).toMatchObject({ resetNew: 1, deleteOld: 2, toKernel: 4 });
  });

  it("EXP-06: the SecBuffer is empty before the call, its result is copied, and FreeContextBuffer frees it once", () => {
    const { provider, host } = hosted();
    using pair = handshake(provider);
    const entered: object[] = [];
    const original = provider.ExportSecurityContext;
    provider.ExportSecurityContext = (context, flags, packed, token) => {
      entered.push(readStruct(SecBuffer, packed));
      return original(context, flags, packed, token);
    };
    const made = calls(provider);
    expect(pair.client.export().packed.toString()).toBe(pack({ peer: "host", sent: 0, received: 0 }).toString());
    expect(entered).toEqual([{ BufferType: 0, cbBuffer: 0, pvBuffer: 0n }]);
    expect(made).toEqual(["ExportSecurityContext", "FreeContextBuffer"]);
    expect(host.diagnostics().held).toEqual([]);
  });

  it("EXP-07, SPX-04: without withToken the package gets NULL, and no token is opened", () => {
    const { provider, host } = hosted();
    using pair = handshake(provider);
    const native = vi.spyOn(provider, "ExportSecurityContext");
    expect(pair.client.export()).not.toHaveProperty("token");
    expect(native.mock.calls[0]?.[3]).toBe(0);
    expect(live().tokens).toBe(0);
    expect(host.diagnostics().open.tokens).toBe(0);
  });

  it("EXP-08: a token from withToken belongs to the caller and is closed once", () => {
    const { provider, host } = hosted();
    using pair = handshake(provider);
    const made = calls(provider);
    const { token } = pair.client.export({ withToken: true });
    expect(live().tokens).toBe(1);
    expect(host.diagnostics().open.tokens).toBe(1);
    token?.close();
    token?.close();
    expect(made.filter((name) => name === "CloseHandle")).toHaveLength(1);
    expect(host.diagnostics().open.tokens).toBe(0);
  });

  it("EXP-08: the importing package gets the exported token, which stays the caller's", () => {
    const origins: SessionOrigin[] = [];
    const { provider } = hosted(
      testPackage({
        openSession(packed, origin) {
          origins.push(origin);
          return testDefinition.openSession?.(packed, origin) as TestSession;
        },
      }),
    );
    using pair = handshake(provider);
    const exported = pair.client.export({ withToken: true });
    using token = exported.token as NonNullable<typeof exported.token>;
    using _imported = importContext({ ...exported, provider });
    expect(token.closed).toBe(false);
    expect(origins.at(-1)).toEqual({ from: "import", token: 0x1234n });
  });

  // SEC_E_NOT_SUPPORTED is another name of SEC_E_UNSUPPORTED_FUNCTION.
  it.each([
    ["SEC_E_INSUFFICIENT_MEMORY", "SEC_E_INSUFFICIENT_MEMORY"],
    ["STATUS_INSUFFICIENT_RESOURCES", "SEC_E_INSUFFICIENT_MEMORY"],
    ["SEC_E_INVALID_HANDLE", "SEC_E_INVALID_HANDLE"],
    ["SEC_E_UNSUPPORTED_FUNCTION", "SEC_E_UNSUPPORTED_FUNCTION"],
    ["STATUS_NOT_SUPPORTED", "SEC_E_UNSUPPORTED_FUNCTION"],
    ["STATUS_PRIVILEGE_NOT_HELD", "STATUS_PRIVILEGE_NOT_HELD"],
  ] as const)(
    "EXP-09, SPX-05: a package's %s becomes a typed error, nothing leaks, and the context stays usable",
    (said, code) => {
      const { provider, host } = exporting(() => {
        throw new PackageError(said);
      });
      using pair = handshake(provider);
      const cause = expect.objectContaining({
        message: expect.stringContaining(`SpExportSecurityContext answered ${said}`),
      });
      expect(() => pair.client.export({ deleteOld: true, withToken: true })).toThrow(
        expect.objectContaining({ code, operation: "ExportSecurityContext", cause }),
      );
      expect(host.diagnostics()).toMatchObject({ held: [], open: { tokens: 0 } });
      expectUnderstanding(pair.client, pair.server);
    },
  );

  it.each([
    ["truncated", (packed: Buffer) => packed.subarray(0, -1), "Test", "SEC_E_INVALID_TOKEN"],
    ["corrupted", (packed: Buffer) => Buffer.from(packed.map((byte) => byte ^ 1)), "Test", "SEC_E_INVALID_TOKEN"],
    ["empty", () => Buffer.alloc(0), "Test", "SEC_E_INVALID_TOKEN"],
    ["of a package that is not there", (packed: Buffer) => packed, "Other", "SEC_E_SECPKG_NOT_FOUND"],
  ] as const)(
    "EXP-10: %s bytes throw a typed error and leave nothing allocated or open",
    (_what, change, name, code) => {
      const { provider, defined } = hosted();
      using pair = handshake(provider);
      const { packed } = pair.client.export();
      const open = { ...defined.open };
      const slot = nextSlot();
      expect(() => importContext({ package: name, packed: change(packed), provider })).toThrow(
        expect.objectContaining({ code, operation: "ImportSecurityContextW" }),
      );
      expect(defined.open).toEqual(open);
      expect(nextSlot()).toBe(slot);
      expect(live()).toEqual({ ...nothingLive, credentials: 2, contexts: 2 });
    },
  );

  it.each([
    ["succeeds", (native: () => number) => native()],
    ["fails", () => SEC_E_INVALID_TOKEN],
    [
      "throws",
      () => {
        throw new Error("the package is broken");
      },
    ],
  ] as const)("the library's memory contains no packed context after an import that %s", (_what, answer) => {
    keepArenas();
    const { provider } = hosted();
    using pair = handshake(provider);
    const { packed } = pair.client.export();
    const places: { readonly address: bigint; readonly size: number }[] = [];
    const native = provider.ImportSecurityContextW;
    provider.ImportSecurityContextW = (name, buffer, token, at) => {
      const { pvBuffer, cbBuffer } = readStruct(SecBuffer, buffer);
      places.push({ address: pvBuffer, size: cbBuffer });
      expect(copyOut(pvBuffer, cbBuffer).some((byte) => byte === 0)).toBe(false);
      return answer(() => native(name, buffer, token, at));
    };
    // The test package accepts trailing blanks, so that the sizes can exceed a workspace.
    for (const size of [packed.length, 1000, 0x1_ffff, 0x4_0000]) {
      const long = Buffer.concat([packed], size).fill(" ", packed.length);
      try {
        importContext({ package: "Test", packed: long, provider }).close();
      } catch {}
    }
    expect(places.map(({ size }) => size)).toEqual([packed.length, 1000, 0x1_ffff, 0x4_0000]);
    for (const { address, size } of places) expect(copyOut(address, size).every((byte) => byte === 0)).toBe(true);
  });

  it("EXP-10: importContext() refuses wrong arguments before native code", () => {
    const { provider } = hosted();
    const native = vi.spyOn(provider, "ImportSecurityContextW");
    expect(() => importContext(undefined as never)).toThrow(/options: expected/);
    expect(() => importContext({ package: "", packed: Buffer.alloc(1), provider })).toThrow(/package: expected a name/);
    expect(() => importContext({ package: "Test", packed: "x" as never, provider })).toThrow(
      /packed: expected a Uint8Array/,
    );
    expect(() => importContext({ package: "Test", packed: Buffer.alloc(1), token: 5 as never, provider })).toThrow(
      /token: expected/,
    );
    expect(native).not.toHaveBeenCalled();
  });
});

it("a closed context cannot be exported", () => {
  using host = new PackageHost();
  using defined = testPackage();
  host.add(defined);
  using pair = handshake(host.provider);
  pair.client.close();
  expect(() => pair.client.export()).toThrow(/has been closed/);
  host.close();
});
