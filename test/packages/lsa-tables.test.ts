import { describe, expect, it, onTestFinished } from "vitest";
import {
  LSA_ALLOCATE_LSA_HEAP,
  LSA_CLOSE_SAM_USER,
  LSA_CREATE_LOGON_SESSION,
  LSA_CREATE_SHARED_MEMORY,
  LSA_CREATE_THREAD,
  LSA_DELETE_SHARED_MEMORY,
  LSA_FREE_LSA_HEAP,
} from "../../generated/ntsecpkg/callbacks.ts";
import { LSA_SECPKG_FUNCTION_TABLE, SECPKG_DLL_FUNCTIONS } from "../../generated/ntsecpkg/structs.ts";
import { STATUS_NOT_SUPPORTED, STATUS_UNSUCCESSFUL } from "../../generated/ntstatus/constants.ts";
import { hostAbi, type Struct } from "../../src/ctypes/index.ts";
import { ForeignTable } from "../../src/interface/native-table.ts";
import { callbackSlots } from "../../src/native/index.ts";
import { LsaTables } from "../../src/packages/host/lsa-tables.ts";
import { stage } from "./lsa-functions.ts";

/** The tables of a host, as a package in C reads them. */
function tablesOf() {
  const { host, within } = stage();
  const tables = new LsaTables(host);
  onTestFinished(() => tables.release());
  const table = (type: unknown, address: number) =>
    new ForeignTable(type as Struct, BigInt(address), (type as Struct).layouts[hostAbi].size);
  const lsa = table(LSA_SECPKG_FUNCTION_TABLE, tables.lsa.address);
  const dll = table(SECPKG_DLL_FUNCTIONS, tables.dll.address);
  return { host, within, tables, lsa, dll };
}

const membersOf = (type: unknown): readonly string[] => Object.keys((type as Struct).functions?.() ?? {});

describe("the function tables that a host gives to packages", () => {
  it("have no NULL member, and give all callbacks back on release", () => {
    const before = callbackSlots();
    const { lsa, dll, tables } = tablesOf();
    expect(membersOf(LSA_SECPKG_FUNCTION_TABLE).filter((member) => !lsa.has(member))).toEqual([]);
    expect(membersOf(SECPKG_DLL_FUNCTIONS).filter((member) => !dll.has(member))).toEqual([]);
    expect(membersOf(LSA_SECPKG_FUNCTION_TABLE).length).toBeGreaterThan(40);
    tables.release();
    expect(callbackSlots()).toBe(before);
  });

  it("count the calls of what the host does not implement, for each package and function", () => {
    const { host, within, lsa } = tablesOf();
    const thread = lsa.find("CreateThread", LSA_CREATE_THREAD) as (...args: unknown[]) => unknown;
    const sam = lsa.find("CloseSamUser", LSA_CLOSE_SAM_USER) as (user: bigint) => number;
    within(() => {
      for (const _ of [1, 2]) expect(BigInt(thread(0, 0, 0, 0, 0, 0) as number)).toBe(0n);
      expect(sam(0n) >>> 0).toBe(STATUS_NOT_SUPPORTED);
    });
    sam(0n);
    const entry = (who: string, name: string, count: number) => ({ package: who, name, count });
    const { unsupported } = host.report();
    expect(unsupported).toEqual([
      entry("Caller", "CreateThread", 2),
      entry("Caller", "CloseSamUser", 1),
      entry("outside of a call", "CloseSamUser", 1),
    ]);
    sam(0n);
    expect(unsupported[2]?.count).toBe(1);
  });

  it("answer NULL or false for memory that the host does not share, and record no mistake of the host", () => {
    const { host, within, lsa } = tablesOf();
    const create = lsa.find("CreateSharedMemory", LSA_CREATE_SHARED_MEMORY);
    const remove = lsa.find("DeleteSharedMemory", LSA_DELETE_SHARED_MEMORY);
    expect(within(() => [create?.(100, 10), remove?.(0)].map(Number))).toEqual([0, 0]);
    expect(host.report().unsupported.map(({ name }) => name)).toEqual(["CreateSharedMemory", "DeleteSharedMemory"]);
    expect(host.report().misdeeds).toEqual([]);
  });

  it("allocate for the package's DLL from a heap of its own", () => {
    const { host, within, dll, lsa } = tablesOf();
    const allocate = dll.find("AllocateHeap", LSA_ALLOCATE_LSA_HEAP) as (size: number) => bigint;
    const address = BigInt(within(() => allocate(12)));
    expect(host.report().held).toEqual([{ package: "Caller", heap: "DLL heap", count: 1, bytes: 12 }]);
    dll.find("FreeHeap", LSA_FREE_LSA_HEAP)?.(address);
    expect(host.report()).toMatchObject({ held: [], misdeeds: [] });
    lsa.find("FreeLsaHeap", LSA_FREE_LSA_HEAP)?.(address);
    expect(host.report().misdeeds).toMatchObject([{ package: "outside of a call", kind: "bad-free" }]);
  });

  it("answer STATUS_UNSUCCESSFUL where a function throws, and record the error", () => {
    const { host, within, lsa } = tablesOf();
    const create = lsa.find("CreateLogonSession", LSA_CREATE_LOGON_SESSION) as (id: number) => number;
    // There is no LUID at NULL.
    expect(within(() => create(0)) >>> 0).toBe(STATUS_UNSUCCESSFUL);
    const [misdeed] = host.report().misdeeds;
    expect(misdeed).toMatchObject({
      package: "Caller",
      kind: "exception",
      text: expect.stringMatching(/LSA_CREATE_LOGON_SESSION: .*Error: /),
      error: expect.any(Error),
    });
  });
});
