import { describe, expect, it } from "vitest";
import {
  SpExportSecurityContextFn,
  SpGetContextTokenFn,
  SpUserModeInitializeFn,
} from "../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_USER_FUNCTION_TABLE } from "../../generated/ntsecpkg/structs.ts";
import { SEC_E_INVALID_HANDLE, SEC_E_NO_IMPERSONATION } from "../../generated/status/constants.ts";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import { ForeignTable } from "../../src/interface/native-table.ts";
import { Arena, HandleSlot } from "../../src/memory/index.ts";
import { functionAt, type SecurityProvider } from "../../src/native/index.ts";
import { type DefinedPackage, PackageError } from "../../src/packages.ts";
import { noteProvider } from "../report/tested-on.ts";
import { handshake, hosted } from "./hosted.ts";
import { sessionsWith, testPackage } from "./test-package.ts";

/** The test package whose sessions return the test's token. */
function withToken(token: () => bigint) {
  return testPackage({ openSession: sessionsWith({ token }) });
}

/** Reads a package's user-mode table as a host does. */
function userTable(defined: DefinedPackage<never, never>): { table: ForeignTable; version: number } {
  const places = new Arena(64);
  const initialize = functionAt(SpUserModeInitializeFn, defined.SpUserModeInitialize as bigint);
  expect(initialize(0x10000, places.base, places.base + 16, places.base + 32)).toBe(0);
  expect(places.u32[8]).toBe(1);
  const size = 14 * pointerSize(hostAbi);
  return {
    table: new ForeignTable(SECPKG_USER_FUNCTION_TABLE, BigInt(places.getPointer(16)), size),
    version: places.u32[0] as number,
  };
}

describe("SpGetContextTokenFn", () => {
  it("SPT-01: serves QuerySecurityContextToken and ImpersonateSecurityContext", () => {
    const asked: string[] = [];
    const begun: bigint[] = [];
    let ended = 0;
    const impersonation = {
      begin: (token: bigint) => void begun.push(token),
      end: () => {
        ended += 1;
      },
    };
    const defined = withToken(() => {
      asked.push("token");
      return 0x77n;
    });
    const { provider } = hosted(defined, { impersonation });
    using pair = handshake(provider);
    using token = pair.server.accessToken();
    expect(pair.server.impersonate(() => ended)).toBe(0);
    expect(asked).toEqual(["token", "token"]);
    expect(begun).toEqual([0x77n]);
    expect(ended).toBe(1);
    expect(token.closed).toBe(false);
  });

  it("SPT-01: impersonation ends also when the caller's work throws", () => {
    let ended = 0;
    const end = (): void => {
      ended += 1;
    };
    const { provider } = hosted(testPackage(), { impersonation: { begin: () => {}, end } });
    using pair = handshake(provider);
    expect(() =>
      pair.server.impersonate(() => {
        throw new Error("work");
      }),
    ).toThrow("work");
    expect(ended).toBe(1);
    expect(provider.traits.impersonates).toBe(true);
  });

  it("SPT-01: an impersonation that the system refuses throws SEC_E_NO_IMPERSONATION, and the work does not run", () => {
    const begin = (): never => {
      throw new Error("the system refuses");
    };
    const { provider, host } = hosted(testPackage(), { impersonation: { begin, end: () => {} } });
    using pair = handshake(provider);
    let done = false;
    const work = (): void => {
      done = true;
    };
    expect(() => pair.server.impersonate(work)).toThrow(/ImpersonateSecurityContext: SEC_E_NO_IMPERSONATION/);
    expect([done, host.diagnostics().misdeeds]).toMatchObject([
      false,
      [{ kind: "exception", text: expect.stringContaining("the system refuses") }],
    ]);
  });

  it("SPT-03: the package keeps its handle; each caller gets a duplicate, which is closed once", () => {
    const given: bigint[] = [];
    const { provider, host } = hosted(
      withToken(() => {
        given.push(0x1234n);
        return 0x1234n;
      }),
    );
    using pair = handshake(provider);
    const [one, other] = [pair.server.accessToken(), pair.server.accessToken()];
    expect(new Set([one.value, other.value, ...given]).size).toBe(3);
    expect(host.diagnostics().open.tokens).toBe(2);
    for (const token of [one, one, other]) token.close();
    expect(host.diagnostics().open.tokens).toBe(0);
    expect(provider.CloseHandle(0x1234n)).toBe(0);
  });

  it("SPT-04: the caller gets the package's status, even SEC_E_INVALID_HANDLE", () => {
    const { provider, host } = hosted(
      withToken(() => {
        throw new PackageError("SEC_E_INVALID_HANDLE");
      }),
    );
    using pair = handshake(provider);
    expect(() => pair.server.accessToken()).toThrow(/QuerySecurityContextToken: SEC_E_INVALID_HANDLE/);
    expect(host.diagnostics().open.tokens).toBe(0);
    expect(noContext(provider)).toEqual([SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE]);
  });

  it("SPT-02, SPT-05, SPX-02, SPX-07: C finds the function in SECPKG_USER_FUNCTION_TABLE with the header's signature", () => {
    const { defined, host } = hosted();
    noteProvider(host.provider);
    const { table, version } = userTable(defined as never);
    expect(version).toBe(0x10000);
    const place = new Arena(64);
    const getToken = table.find("GetContextToken", SpGetContextTokenFn);
    const exportContext = table.find("ExportContext", SpExportSecurityContextFn);
    expect(getToken?.(0xffff_ffff_ffff_fff0n, place.base)).toBe(SEC_E_INVALID_HANDLE);
    expect(exportContext?.(5n, 0, place.base, 0)).toBe(SEC_E_INVALID_HANDLE);
    expect(
      [SpGetContextTokenFn, SpExportSecurityContextFn].map(({ parameters }) => parameters.map(({ type }) => type)),
    ).toEqual([
      ["LSA_SEC_HANDLE", "PHANDLE"],
      ["LSA_SEC_HANDLE", "ULONG", "PSecBuffer", "PHANDLE"],
    ]);
  });
});

/** Calls both public functions with an invalid context handle and returns their statuses. */
function noContext(provider: SecurityProvider): number[] {
  const slot = HandleSlot.lease();
  const place = new Arena(16);
  try {
    return [
      provider.QuerySecurityContextToken(slot.address, place.base),
      provider.ImpersonateSecurityContext(slot.address),
    ];
  } finally {
    slot.giveBack();
  }
}

it("accessToken() throws SEC_E_NO_IMPERSONATION when the package has no tokens", () => {
  const { provider } = hosted(testPackage({ openSession: () => ({}) }));
  using pair = handshake(provider);
  expect(() => pair.server.accessToken()).toThrow(/SEC_E_NO_IMPERSONATION/);
  expect(SEC_E_NO_IMPERSONATION).toBe(0x8009030b);
});
