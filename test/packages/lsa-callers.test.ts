import { describe, expect, it } from "vitest";
import { SECPKG_CALL_IN_PROC } from "../../generated/ntsecpkg/constants.ts";
import { SECPKG_CALL_INFO, SECPKG_CLIENT_INFO, SECPKG_CLIENT_INFO_EX } from "../../generated/ntsecpkg/structs.ts";
import { STATUS_BUFFER_TOO_SMALL, STATUS_LOGON_FAILURE, STATUS_SUCCESS } from "../../generated/ntstatus/constants.ts";
import { hostAbi, type Struct } from "../../src/ctypes/index.ts";
import { lsaCallers } from "../../src/packages/host/lsa-callers.ts";
import type { ClientIdentity } from "../../src/packages/host/surroundings.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { caller, stage } from "./lsa-functions.ts";

const filler = 0xaa;
const room = 96;

/** What a function of LSA wrote to a package's memory: the call's result, the bytes, and how many of them changed. */
function written(name: string, client: ClientIdentity, grownStructs: boolean, ...rest: number[]) {
  const { host, within } = stage(client, { grownStructs });
  const memory = keptMemory().bytes(new Uint8Array(room).fill(filler));
  const answer = within(() => caller(lsaCallers(host))(name, memory.address, ...rest));
  const bytes = Buffer.from(memory.view.buffer);
  const untouched = Buffer.alloc(room, filler);
  let size = room;
  while (size > 0 && bytes[size - 1] === untouched[size - 1]) size -= 1;
  return { answer, size, view: memory.view };
}

const somebody: ClientIdentity = {
  logonId: { LowPart: 0x1234_5678, HighPart: -2 },
  processId: 4711,
  hasTcbPrivilege: false,
  impersonating: true,
  callAttributes: 0x40,
};

const sizes = (type: unknown) => (type as Struct).layouts[hostAbi].size;

describe("the caller that a package is told about", () => {
  it.each([
    ["GetClientInfo", SECPKG_CLIENT_INFO, []],
    ["GetClientInfoEx", SECPKG_CLIENT_INFO_EX, [room]],
  ] as const)(
    "is by %s this process with the system's session, and otherwise the one of the host's options",
    (name, type, rest) => {
      const own = type.read(written(name, {}, true, ...rest).view);
      expect(own).toMatchObject({
        LogonId: { LowPart: 0x3e7, HighPart: 0 },
        ProcessID: process.pid,
        HasTcbPrivilege: true,
        Impersonating: false,
        Restricted: false,
        ClientFlags: 0,
        ImpersonationLevel: 2,
        ClientToken: 0n,
      });
      expect(type.read(written(name, somebody, true, ...rest).view)).toMatchObject({
        LogonId: { LowPart: 0x1234_5678, HighPart: -2 },
        ProcessID: 4711,
        HasTcbPrivilege: false,
        Impersonating: true,
      });
    },
  );

  it("is by GetCallInfo in this process, or as the host's options say, and the call is counted", () => {
    const own = written("GetCallInfo", {}, true);
    expect(own.answer).toBe(true);
    expect(SECPKG_CALL_INFO.read(own.view)).toMatchObject({
      ProcessId: process.pid,
      Attributes: SECPKG_CALL_IN_PROC,
      CallCount: 1,
    });
    const told = SECPKG_CALL_INFO.read(written("GetCallInfo", somebody, true).view);
    expect(told).toMatchObject({ ProcessId: 4711, Attributes: 0x40 });
  });

  it.each([
    ["GetClientInfo", SECPKG_CLIENT_INFO, 24],
    ["GetCallInfo", SECPKG_CALL_INFO, 16],
  ] as const)("is written by %s to the short struct of an older package, and not past its end", (name, type, short) => {
    expect(written(name, {}, true).size).toBe(sizes(type));
    expect(written(name, {}, false).size).toBe(short);
    expect(sizes(type)).toBeGreaterThan(short);
  });

  it("is written to the short struct outside of a call, when the host does not know which package calls", () => {
    const { host } = stage();
    const memory = keptMemory().bytes(new Uint8Array(room).fill(filler));
    expect(caller(lsaCallers(host))("GetClientInfo", memory.address)).toBe(STATUS_SUCCESS);
    expect(memory.view.getUint8(24)).toBe(filler);
    expect(SECPKG_CLIENT_INFO.read(memory.view).ProcessID).toBe(process.pid);
  });

  it("is written by GetClientInfoEx up to the given size, which must hold the short struct", () => {
    expect(written("GetClientInfoEx", {}, true, 23)).toMatchObject({ answer: STATUS_BUFFER_TOO_SMALL, size: 0 });
    for (const size of [24, 25, sizes(SECPKG_CLIENT_INFO_EX)])
      expect(written("GetClientInfoEx", {}, true, size)).toMatchObject({ answer: STATUS_SUCCESS, size });
    expect(written("GetClientInfoEx", {}, true, room).size).toBe(sizes(SECPKG_CLIENT_INFO_EX));
  });

  it("makes no extended call, and is no protected user", () => {
    const { answer, size, view } = written("GetExtendedCallFlags", {}, true);
    expect([answer, size, view.getUint32(0, true)]).toEqual([STATUS_SUCCESS, 4, 0]);
    const { host } = stage();
    const place = keptMemory().bytes(Uint8Array.of(1, 1));
    expect(caller(lsaCallers(host))("CheckProtectedUserByToken", 0, place.address)).toBe(STATUS_SUCCESS);
    expect([place.view.getUint8(0), place.view.getUint8(1)]).toEqual([0, 1]);
  });
});

describe("LSA's functions for handles and packages", () => {
  it("succeed where there is nothing to do: ImpersonateClient and UnloadPackage", () => {
    const call = caller(lsaCallers(stage().host));
    expect(["ImpersonateClient", "UnloadPackage"].map((name) => call(name))).toEqual([STATUS_SUCCESS, STATUS_SUCCESS]);
  });

  it.each(["DuplicateHandle", "DuplicateTokenHandle"])(
    "give the package a handle with %s, and nothing is open",
    (name) => {
      const { host } = stage();
      const place = keptMemory().cell();
      // No kernel has a handle of this number, so the package gets the same number.
      expect(caller(lsaCallers(host))(name, 0x7ffe_0001, place.address)).toBe(STATUS_SUCCESS);
      expect(place.pointer).toBe(0x7ffe_0001n);
      expect(host.report().open.tokens).toBe(0);
    },
  );
});

describe("a logon that a package reports", () => {
  it("is recorded with the package's name, the status and the account, if there is one", () => {
    const { host, within } = stage();
    const memory = keptMemory();
    const call = caller(lsaCallers(host));
    const [alice, bob] = ["alice", "bob"].map((name) => memory.unicodeString(name).address) as [number, number];
    within(() => {
      call("AuditLogon", STATUS_LOGON_FAILURE, 0, alice);
      call("AuditLogonEx", STATUS_SUCCESS, 0, bob);
      expect(call("AuditAccountLogon", 1, 1, 0, alice, bob, STATUS_LOGON_FAILURE)).toBe(STATUS_SUCCESS);
      call("AuditLogon", STATUS_LOGON_FAILURE, 0, 0);
    });
    const audit = (status: string, account: string | undefined) => ({ package: "Caller", status, account });
    expect(host.report().audits).toEqual([
      audit("STATUS_LOGON_FAILURE", "alice"),
      audit("SEC_E_OK", "bob"),
      audit("STATUS_LOGON_FAILURE", "alice"),
      audit("STATUS_LOGON_FAILURE", undefined),
    ]);
  });
});
