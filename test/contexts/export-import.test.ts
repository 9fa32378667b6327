import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import {
  SEC_E_INVALID_TOKEN,
  SEC_E_NO_CREDENTIALS,
  SEC_E_OK,
  SEC_I_CONTINUE_NEEDED,
} from "../../generated/status/constants.ts";
import {
  type AccessToken,
  ContextStateError,
  DisposedError,
  ImportedContext,
  importContext,
  KernelExportError,
  live,
  PeerNameError,
  type SecurityProvider,
  ServerContext,
} from "../../src/index.ts";
import { HandleSlot } from "../../src/memory/index.ts";
import { copyOut, readStruct, readWideString } from "../../src/native/index.ts";
import { inbound, type Script, type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { writeNative, writeNativeStruct } from "../scripted/scripted-heap.ts";

const keys = Buffer.from("the keys of the session");
const deletesOld = 2;

interface Exported {
  readonly flags: number;
  /** Whether the package was asked for the client's token. */
  readonly asked: boolean;
}

interface Imported {
  readonly name: string;
  readonly packed: Buffer | undefined;
  readonly token: unknown;
}

/** A package that exports the same bytes each time, or none, and imports whatever it is given. */
function moving(
  script: Script & { readonly packed?: Uint8Array; readonly exports?: number; readonly imports?: number } = {},
) {
  const { packed = keys, exports = SEC_E_OK, imports = SEC_E_OK, ...rest } = script;
  const sspi = scripted(rest);
  const [exported, imported]: [Exported[], Imported[]] = [[], []];
  const functions: Pick<SecurityProvider, "ExportSecurityContext" | "ImportSecurityContextW"> = {
    ExportSecurityContext(context, flags, buffer, token) {
      const id = sspi.handles.read("context", context, "ExportSecurityContext");
      exported.push({ flags, asked: BigInt(token) !== 0n });
      if (exports !== SEC_E_OK) return exports;
      if (packed.length > 0)
        writeNativeStruct(SecBuffer, buffer, { cbBuffer: packed.length, pvBuffer: sspi.heap.allocate(packed) });
      if (BigInt(token) !== 0n)
        writeNative(token, new Uint8Array(BigInt64Array.of(BigInt(sspi.handles.issue("token"))).buffer));
      if (flags & deletesOld && id !== undefined) sspi.handles.release("context", id, "ExportSecurityContext");
      return exports;
    },
    ImportSecurityContextW(name, buffer, token, slot) {
      const { pvBuffer, cbBuffer } = readStruct(SecBuffer, buffer);
      const bytes = pvBuffer === 0n ? undefined : Buffer.from(copyOut(pvBuffer, cbBuffer));
      imported.push({ name: readWideString(BigInt(name)), packed: bytes, token });
      if (imports < 0x8000_0000) sspi.handles.write(slot, sspi.handles.issue("context"));
      return imports;
    },
  };
  Object.assign(sspi.provider, functions);
  return { sspi, exported, imported };
}

function serverOn(sspi: ScriptedSspi): ServerContext {
  using credential = inbound(sspi);
  const server = new ServerContext(credential);
  server.stepSync(Buffer.from("hello"));
  return server;
}

describe("export()", () => {
  it("tells the package what was asked for, and nothing else", () => {
    const options = fc.record(
      { resetNew: fc.boolean(), deleteOld: fc.boolean(), withToken: fc.boolean(), toKernel: fc.constant(false) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(options, (given) => {
        const { sspi, exported } = moving();
        using server = serverOn(sspi);
        const { package: name, packed, token } = server.export(given);
        token?.close();
        expect([name, packed, token !== undefined]).toEqual(["Scripted", keys, given.withToken === true]);
        const flags = (given.resetNew ? 1 : 0) + (given.deleteOld ? deletesOld : 0);
        expect(exported).toEqual([{ flags, asked: given.withToken === true }]);
        expect(server.closed).toBe(given.deleteOld === true);
      }),
      { numRuns: 30 },
    );
  });

  it("opens no token by default, although one was asked for in an earlier call", () => {
    const { sspi } = moving();
    using server = serverOn(sspi);
    using token = server.accessToken();
    expect(token.value).toBeGreaterThan(0n);
    expect("token" in server.export()).toBe(false);
  });

  it("returns no bytes, and frees none, where the package packs none", () => {
    const { sspi } = moving({ packed: new Uint8Array() });
    using server = serverOn(sspi);
    const freed = sspi.count("FreeContextBuffer");
    expect(server.export().packed).toEqual(Buffer.alloc(0));
    expect(sspi.count("FreeContextBuffer")).toBe(freed);
  });

  it("with deleteOld leaves a context that can only be closed: the package has deleted it", () => {
    const { sspi } = moving();
    const server = serverOn(sspi);
    server.export({ deleteOld: true });
    expect([server.closed, server.complete, live()]).toMatchObject([true, false, { contexts: 0, credentials: 0 }]);
    for (const use of [
      () => server.export(),
      () => server.query("sizes"),
      () => server.sign(keys),
      () => server.reauthenticate(),
      () => server.stepSync(keys),
    ])
      expect(use).toThrow(/exported with deleteOld/);
    server.close();
    expect(() => server.export()).toThrow(DisposedError);
    expect(sspi.count("DeleteSecurityContext")).toBe(0);
  });

  it("that fails leaves the context as it was, and is the package's error", () => {
    const { sspi } = moving({ exports: SEC_E_NO_CREDENTIALS });
    using server = serverOn(sspi);
    expect(() => server.export({ deleteOld: true, withToken: true })).toThrow(
      expect.objectContaining({ code: "SEC_E_NO_CREDENTIALS", operation: "ExportSecurityContext" }),
    );
    expect([server.closed, server.complete, live().tokens]).toEqual([false, true, 0]);
  });

  it("refuses wrong options before native code, by name", () => {
    const { sspi, exported } = moving();
    using server = serverOn(sspi);
    for (const name of ["resetNew", "deleteOld", "keepOld", "toKernel", "withToken"])
      for (const wrong of [null, 0, 1, "true", {}])
        expect(() => server.export({ [name]: wrong })).toThrow(new RegExp(`^${name}: expected a boolean, got `));
    expect(() => server.export({ deleteOld: true, keepOld: true })).toThrow(/^keepOld: expected one of/);
    expect(() => server.export({ toKernel: true })).toThrow(KernelExportError);
    expect(() => server.export({ toKernel: true })).toThrow(
      expect.objectContaining({ code: "SSPI_KERNEL_EXPORT", flag: "SECPKG_CONTEXT_EXPORT_TO_KERNEL" }),
    );
    expect(() => server.export({ deleteNew: true } as never)).toThrow(/^deleteNew: there is no such option/);
    expect(exported).toEqual([]);
  });

  it("needs the caller's word where both contexts would count in one sequence", () => {
    const { sspi, exported } = moving({ traits: { exportsShareSequence: true } });
    using server = serverOn(sspi);
    for (const silent of [undefined, {}, { resetNew: true }, { deleteOld: false, keepOld: false }])
      expect(() => server.export(silent)).toThrow(/^deleteOld: on scripted /);
    expect(exported).toEqual([]);
    server.export({ keepOld: true });
    expect(server.closed).toBe(false);
    server.export({ deleteOld: true });
    expect(exported.map(({ flags }) => flags)).toEqual([0, deletesOld]);
  });

  it("may keep the context on other providers too", () => {
    const { sspi } = moving();
    using server = serverOn(sspi);
    server.export({ keepOld: true });
    expect(server.closed).toBe(false);
  });

  it("needs a complete context", () => {
    const { sspi, exported } = moving({ legs: [{ status: SEC_I_CONTINUE_NEEDED }] });
    using server = serverOn(sspi);
    expect(() => server.export()).toThrow(ContextStateError);
    expect(exported).toEqual([]);
  });
});

describe("importContext()", () => {
  /** The address of the next handle's slot: the same as before if that slot was given back. */
  function nextSlot(): number {
    const slot = HandleSlot.lease();
    slot.giveBack();
    return slot.address;
  }

  const tokens: readonly (readonly [string, (token: AccessToken) => AccessToken | bigint | undefined, unknown])[] = [
    ["no token", () => undefined, 0n],
    ["the value of a token", () => 0x77n, 0x77n],
    ["an AccessToken", (token) => token, 3n],
  ];

  it.each(tokens)("gives the package the bytes, its name and %s, which stays the caller's", (_, given, value) => {
    const { sspi, imported } = moving();
    using server = serverOn(sspi);
    using token = server.accessToken();
    const option = given(token);
    using context = importContext({
      package: "Scripted",
      packed: keys,
      provider: sspi.provider,
      ...(option !== undefined && { token: option }),
    });
    expect(imported).toEqual([{ name: "Scripted", packed: keys, token: value }]);
    expect(token.closed).toBe(false);
    expect(context).toBeInstanceOf(ImportedContext);
    expect(context).toMatchObject({ package: "Scripted", complete: true, closed: false, legs: 0, flags: "unknown" });
    expect(context.query("sizes").cbMaxToken).toBe(256);
  });

  it("asks the provider that the machine gives for the package where the caller names none", () => {
    vi.stubEnv("SSPI_LIBRARY", "libsspi-of-the-environment.so");
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(() => importContext({ package: "Scripted", packed: keys })).toThrow("libsspi-of-the-environment.so");
  });

  it("gives the package NULL for no bytes", () => {
    const { sspi, imported } = moving();
    importContext({ package: "Scripted", packed: new Uint8Array(), provider: sspi.provider }).close();
    expect(imported[0]?.packed).toBeUndefined();
  });

  it("makes a context that is deleted once, and has no peer, closed or not", () => {
    const { sspi } = moving();
    const context = importContext({ package: "Scripted", packed: keys, provider: sspi.provider });
    expect(() => context.peer()).toThrow(PeerNameError);
    context.close();
    context.close();
    expect(() => context.peer()).toThrow(DisposedError);
    expect([sspi.count("DeleteSecurityContext"), live().contexts]).toEqual([1, 0]);
  });

  it.each([
    ["fails", SEC_E_INVALID_TOKEN, "SEC_E_INVALID_TOKEN", 0],
    ["is another success, whose context is deleted", SEC_I_CONTINUE_NEEDED, "SEC_I_CONTINUE_NEEDED", 1],
  ] as const)("is the package's error where the import %s", (_, imports, code, deleted) => {
    const { sspi } = moving({ imports });
    const before = nextSlot();
    expect(() => importContext({ package: "Scripted", packed: keys, provider: sspi.provider })).toThrow(
      expect.objectContaining({ code, operation: "ImportSecurityContextW" }),
    );
    expect([nextSlot(), sspi.count("DeleteSecurityContext"), live().contexts]).toEqual([before, deleted, 0]);
  });

  it("refuses wrong options before native code, by name", () => {
    const { sspi, imported } = moving();
    const good = { package: "Scripted", packed: keys, provider: sspi.provider };
    for (const token of [null, 5, "3", {}])
      expect(() => importContext({ ...good, token: token as never })).toThrow(/^token: expected an AccessToken or a/);
    expect(() => importContext({ ...good, package: "" })).toThrow(/^package: expected a name/);
    expect(() => importContext({ ...good, packed: "x" as never })).toThrow(/^packed: expected a Uint8Array/);
    expect(() => importContext({ ...good, provider: {} as never })).toThrow(/^provider: expected a provider/);
    expect(() => importContext({ ...good, bytes: keys } as never)).toThrow(/^options: /);
    expect(imported).toEqual([]);
  });

  it("refuses a token that is closed", () => {
    const { sspi, imported } = moving();
    using server = serverOn(sspi);
    const token = server.accessToken();
    token.close();
    const options = { package: "Scripted", packed: keys, provider: sspi.provider, token };
    expect(() => importContext(options)).toThrow(DisposedError);
    expect(imported).toEqual([]);
  });

  it("is the only way to make an ImportedContext", () => {
    const made = ImportedContext as unknown as new (...args: unknown[]) => ImportedContext;
    for (const args of [[], ["Scripted"], ["Scripted", {}]])
      expect(() => new made(...args)).toThrow("ImportedContext: use importContext()");
  });
});
