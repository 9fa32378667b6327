import { describe, expect, it } from "vitest";
import { SpLsaModeInitializeFn } from "../../generated/ntsecpkg/callbacks.ts";
import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from "../../generated/ntstatus/constants.ts";
import {
  SECBUFFER_DATA,
  SECBUFFER_EMPTY,
  SECBUFFER_EXTRA,
  SECBUFFER_FLAGS,
  SECBUFFER_MISSING,
  SECBUFFER_TOKEN,
} from "../../generated/sspi/constants.ts";
import { SEC_E_INTERNAL_ERROR, SEC_E_LOGON_DENIED, SEC_E_OK } from "../../generated/status/constants.ts";
import { SspiError } from "../../src/index.ts";
import { type SecurityBuffer, securityBuffers } from "../../src/interface/security-buffers.ts";
import { functionAt } from "../../src/native/index.ts";
import { Answers, present, settled } from "../../src/packages/author/answers.ts";
import { HandleNumbers, HandleTable } from "../../src/packages/author/handle-table.ts";
import { putRest, putToken } from "../../src/packages/author/leg-answer.ts";
import { otherBuffers, wideFlagNames } from "../../src/packages/author/leg-input.ts";
import type { SystemServices } from "../../src/packages/author/system-services.ts";
import { PackageError } from "../../src/packages.ts";
import { failure } from "../../src/status/index.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { descriptorOf } from "./raw-calls.ts";
import { testPackage } from "./test-package.ts";

const fail = (error: unknown) => (): never => {
  throw error;
};

describe("the answer of an author's function", () => {
  it("is its status, or that of the failure that it throws, which explains that status only", () => {
    const answers = new Answers();
    expect(answers.status("x", () => 0x103)).toBe(0x103);
    expect(answers.done("x", () => {})).toBe(SEC_E_OK);
    expect(answers.explain(SEC_E_LOGON_DENIED)).toBeUndefined();
    for (const error of [
      new PackageError("SEC_E_LOGON_DENIED"),
      failure({ operation: "x", status: SEC_E_LOGON_DENIED }),
    ]) {
      expect(answers.status("x", fail(error))).toBe(SEC_E_LOGON_DENIED);
      expect(answers.explain(SEC_E_LOGON_DENIED)).toBe(error);
      expect(answers.explain(SEC_E_INTERNAL_ERROR)).toBeUndefined();
    }
    expect(answers.faults).toEqual([]);
    expect(failure({ operation: "x", status: SEC_E_LOGON_DENIED })).toBeInstanceOf(SspiError);
  });

  it("is SEC_E_INTERNAL_ERROR for everything else that it throws, which is recorded", () => {
    const answers = new Answers();
    const success = Object.assign(new PackageError("SEC_E_LOGON_DENIED"), { status: 0x103 });
    const hostile = new Proxy(new PackageError("SEC_E_LOGON_DENIED"), { get: fail(new Error("hostile")) });
    const thrown = [new Error("mine"), undefined, success, hostile];
    for (const error of thrown) expect(answers.status("work", fail(error))).toBe(SEC_E_INTERNAL_ERROR);
    expect(answers.faults.map(({ name }) => name)).toEqual(["work", "work", "work", "work"]);
    expect(answers.faults.every(({ error }, index) => error === thrown[index])).toBe(true);
    expect(answers.explain(SEC_E_INTERNAL_ERROR)).toBeUndefined();
  });

  it("is kept as one of the last hundred faults", () => {
    const answers = new Answers();
    for (let number = 1; number <= 100; number += 1) answers.fault("x", number);
    expect([answers.faults.length, answers.faults[0]?.error]).toEqual([100, 1]);
    answers.fault("x", 101);
    expect([answers.faults.length, answers.faults[0]?.error, answers.faults.at(-1)?.error]).toEqual([100, 2, 101]);
  });

  it("must be there, and no Promise, whose failure is then nobody's to handle", () => {
    expect([0, "", false].map((value) => present(value, "x"))).toEqual([0, "", false]);
    for (const value of [undefined, null]) expect(() => present(value, "x")).toThrow(`x returned ${value}`);
    for (const check of [present, settled])
      expect(() => check(Promise.reject(new Error("later")), "x")).toThrow("x returned a Promise");
    for (const value of [undefined, null, 5]) expect(settled(value, "x")).toBeUndefined();
  });
});

describe("the handles of a package in TypeScript", () => {
  it("are found and taken, and SEC_E_INVALID_HANDLE is thrown for others", () => {
    const table = new HandleTable<string>();
    table.set(8n, "one");
    expect([table.has(8n), table.has(16n), table.get(8n), table.count]).toEqual([true, false, "one", 1]);
    expect(table.take(8n)).toBe("one");
    const invalid = expect.objectContaining({ code: "SEC_E_INVALID_HANDLE" });
    for (const read of [() => table.get(8n), () => table.take(8n)]) expect(read).toThrow(invalid);
    expect(table.count).toBe(0);
    const numbers = new HandleNumbers(0x1000n);
    expect([numbers.next(), numbers.next()]).toEqual([0x1008n, 0x1010n]);
  });
});

type Given = readonly (readonly [type: number, content: string])[];

function buffersOf(...given: Given): { readonly list: SecurityBuffer[]; readonly now: () => (number | string)[][] } {
  const message = descriptorOf(keptMemory(), ...given.map(([type, text]) => [type, Buffer.from(text)] as const));
  return {
    list: securityBuffers(message),
    now: () => securityBuffers(message).map((buffer) => [buffer.type, buffer.read().toString()]),
  };
}

describe("the token of a leg", () => {
  const memory = keptMemory;
  const services = { lsaBytes: (bytes: Uint8Array) => BigInt(memory().bytes(bytes).address) } as SystemServices;
  const token = Buffer.from("token");

  it("is written to the TOKEN buffer, or else to an EMPTY one", () => {
    const both = buffersOf([SECBUFFER_EMPTY, "empty"], [SECBUFFER_TOKEN, "longer"]);
    putToken(both.list, token, services, false);
    expect(both.now()).toEqual([
      [SECBUFFER_EMPTY, "empty"],
      [SECBUFFER_TOKEN, "token"],
    ]);
    const empty = buffersOf([SECBUFFER_DATA, "data"], [SECBUFFER_EMPTY, "empty"]);
    putToken(empty.list, token, services, true);
    expect(empty.now()).toEqual([
      [SECBUFFER_DATA, "data"],
      [SECBUFFER_TOKEN, "token"],
    ]);
  });

  it("is refused without a buffer, and with one byte too few; no token makes the buffer empty", () => {
    const data = buffersOf([SECBUFFER_DATA, "data"]);
    expect(() => putToken(data.list, token, services, true)).toThrow(
      expect.objectContaining({ code: "SEC_E_INVALID_TOKEN" }),
    );
    const short = buffersOf([SECBUFFER_TOKEN, "four"]);
    expect(() => putToken(short.list, token, services, false)).toThrow(
      expect.objectContaining({ code: "SEC_E_BUFFER_TOO_SMALL" }),
    );
    expect(short.now()).toEqual([[SECBUFFER_TOKEN, "four"]]);
    for (const none of [undefined, new Uint8Array()]) {
      const emptied = buffersOf([SECBUFFER_TOKEN, "four"]);
      putToken(emptied.list, none, services, true);
      putToken(data.list, none, services, true);
      expect([emptied.now(), data.now()]).toEqual([[[SECBUFFER_TOKEN, ""]], [[SECBUFFER_DATA, "data"]]]);
    }
  });
});

describe("what a leg leaves over or misses", () => {
  const context = {};

  it("is written to the input's EMPTY buffer, if the leg says how much, and if there is one", () => {
    const rest = (leg: object): (number | string)[][] => {
      const { list, now } = buffersOf([SECBUFFER_TOKEN, "token"], [SECBUFFER_EMPTY, "rest"]);
      putRest(list, leg as never);
      putRest(list.slice(0, 1), leg as never);
      return now().slice(1);
    };
    expect(rest({ status: "complete", context, extra: 3 })).toEqual([[SECBUFFER_EXTRA, "res"]]);
    expect(rest({ status: "continue", context, extra: 0 })).toEqual([[SECBUFFER_EMPTY, "rest"]]);
    expect(rest({ status: "continue", context })).toEqual([[SECBUFFER_EMPTY, "rest"]]);
    expect(rest({ status: "incomplete-message", missing: 2 })).toEqual([[SECBUFFER_MISSING, "re"]]);
    expect(rest({ status: "incomplete-message" })).toEqual([[SECBUFFER_EMPTY, "rest"]]);
  });
});

describe("the input of a leg", () => {
  it("has flags beyond 32 bits in a buffer of 8 bytes, and no fewer", () => {
    const group = { first: 1n << 33n, second: 1n << 34n, both: 3n << 33n };
    const flags = Buffer.alloc(8);
    flags.writeBigUInt64LE(group.second);
    const given = (bytes: Buffer) => securityBuffers(descriptorOf(keptMemory(), [SECBUFFER_FLAGS, bytes]));
    expect(wideFlagNames(group, given(flags))).toEqual(["second", "both"]);
    expect(wideFlagNames(group, [])).toEqual([]);
    expect(() => wideFlagNames(group, given(flags.subarray(0, 7)))).toThrow(
      expect.objectContaining({ code: "SEC_E_INVALID_TOKEN" }),
    );
  });

  it("has all buffers that have no member of their own", () => {
    const { list } = buffersOf([SECBUFFER_TOKEN, "t"], [SECBUFFER_DATA, "d"], [SECBUFFER_EMPTY, ""], [18, "names"]);
    expect(otherBuffers(list)).toEqual([
      { type: SECBUFFER_DATA, bytes: Buffer.from("d") },
      { type: 18, bytes: Buffer.from("names") },
    ]);
  });
});

describe("the entry point of a package in TypeScript", () => {
  it("refuses NULL in each of its places with STATUS_INVALID_PARAMETER, and writes nothing", () => {
    using defined = testPackage();
    const initialize = functionAt(SpLsaModeInitializeFn, defined.SpLsaModeInitialize);
    const cells = [0, 1, 2].map(() => keptMemory().cell());
    const places = cells.map(({ address }) => address) as [number, number, number];
    for (const missing of [0, 1, 2]) {
      const [version, tables, count] = places.map((address, index) =>
        index === missing ? 0 : address,
      ) as typeof places;
      expect(initialize(1, version, tables, count) >>> 0).toBe(STATUS_INVALID_PARAMETER);
    }
    expect(cells.map(({ pointer }) => pointer)).toEqual([0n, 0n, 0n]);
    expect(initialize(1, ...places)).toBe(STATUS_SUCCESS);
    expect(cells[2]?.uint32).toBe(1);
  });
});

describe("PackageError", () => {
  it("takes the name of a failure, and nothing else", () => {
    const message = /^code: expected the name of a failure, such as "SEC_E_LOGON_DENIED"; got/;
    for (const code of ["SEC_E_OK", "SEC_I_CONTINUE_NEEDED", "SEC_E_NOTHING", SEC_E_LOGON_DENIED, undefined])
      expect(() => new PackageError(code as never), String(code)).toThrow(message);
    expect(new PackageError("STATUS_ACCESS_DENIED")).toMatchObject({
      status: 0xc000_0022,
      message: "STATUS_ACCESS_DENIED",
    });
    expect(() => new PackageError("SEC_E_LOGON_DENIED", { message: 5 as never })).toThrow(
      "message: expected a string, got",
    );
    expect(() => new PackageError("SEC_E_LOGON_DENIED", { token: "x" as never })).toThrow("token: expected");
  });
});
