import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { STATUS_LOGON_FAILURE } from "../../generated/ntstatus/constants.ts";
import { Diagnostics } from "../../src/packages/host/diagnostics.ts";
import { Heap } from "../../src/packages/host/heap.ts";
import { Tokens } from "../../src/packages/host/tokens.ts";
import { stage } from "./lsa-functions.ts";

const rest = { held: [], bytesAllocated: 0, allocations: 0, open: { credentials: 0, contexts: 0, tokens: 0 } };

describe("a host's diagnostics", () => {
  it("keep the last thousand misdeeds and audits, and the error of a misdeed only if there is one", () => {
    const diagnostics = new Diagnostics(() => "One");
    for (let number = 0; number < 1000; number += 1) {
      diagnostics.misdeed("bad-free", `${number}`);
      diagnostics.audit(0, `${number}`);
    }
    const before = diagnostics.report(rest);
    expect([before.misdeeds.length, before.misdeeds[0]?.text]).toEqual([1000, "0"]);
    expect([before.audits.length, before.audits[0]?.account]).toEqual([1000, "0"]);
    const error = new Error("mine");
    diagnostics.misdeed("exception", "the last", error);
    diagnostics.audit(0, "the last");
    const after = diagnostics.report(rest);
    expect([after.misdeeds.length, after.misdeeds[0]?.text]).toEqual([1000, "1"]);
    expect([after.audits.length, after.audits[0]?.account]).toEqual([1000, "1"]);
    expect(after.misdeeds.at(-1)).toEqual({ package: "One", kind: "exception", text: "the last", error });
    expect("error" in (after.misdeeds[0] as object)).toBe(false);
    // A report does not change after it was made.
    expect(before.misdeeds.at(-1)?.text).toBe("999");
  });

  it("are shown line by line", () => {
    const { host, within } = stage();
    within(() => {
      host.diagnostics.unsupported("CreateThread");
      host.diagnostics.unsupported("CreateThread");
      host.diagnostics.misdeed("bad-free", "what happened");
      host.diagnostics.audit(STATUS_LOGON_FAILURE, "alice");
      host.diagnostics.audit(STATUS_LOGON_FAILURE, undefined);
      host.heap.allocate("LSA heap", 5);
      host.heap.allocate("LSA heap", 7);
      host.heap.take(host.heap.allocate("DLL heap", 100));
    });
    host.tokens.lend(0x7ffe_0001n);
    expect(inspect(host.report())).toBe(
      [
        "3 allocations, 112 bytes; open: 0 credentials, 0 contexts, 1 tokens",
        "Caller: holds 2 of LSA heap, 12 bytes",
        "Caller: called CreateThread, unsupported, 2 times",
        "Caller: bad-free: what happened",
        "Caller: audited alice: STATUS_LOGON_FAILURE",
        "Caller: audited nobody: STATUS_LOGON_FAILURE",
      ].join("\n"),
    );
  });
});

describe("the heap of a host", () => {
  const heapOf = (): Heap => new Heap(new Diagnostics(() => "One"), () => "One");

  it("fails the allocation that it is told to fail, and only that one", () => {
    const heap = heapOf();
    heap.failAfter(2);
    const answers = [1, 2, 3, 4].map((size) => heap.allocate("LSA heap", size) !== 0n);
    expect(answers).toEqual([true, true, false, true]);
    expect([heap.allocations, heap.bytes]).toEqual([3, 7]);
    heap.failAfter(0);
    expect(heap.allocateBytes("LSA heap", Buffer.from("x"))).toBe(0n);
  });

  it("answers NULL for more memory than there can be", () => {
    const heap = heapOf();
    expect(heap.allocate("LSA heap", Number.MAX_SAFE_INTEGER)).toBe(0n);
    expect([heap.allocations, heap.held()]).toEqual([0, []]);
  });

  it("knows the size and kind of its blocks, and nothing of other memory", () => {
    const heap = heapOf();
    const [one, none] = [heap.allocate("private heap", 3), heap.allocate("DLL heap", 0)];
    expect([heap.sizeOf(one), heap.kindOf(one)]).toEqual([3, "private heap"]);
    expect([heap.sizeOf(none), heap.kindOf(none)]).toEqual([0, "DLL heap"]);
    expect([heap.sizeOf(5n), heap.kindOf(5n), heap.take(5n), heap.take(0n)]).toEqual([
      undefined,
      undefined,
      false,
      false,
    ]);
    expect([heap.take(one), heap.take(one), heap.sizeOf(one)]).toEqual([true, false, undefined]);
    expect(heap.release("DLL heap", 0n)).toBe(true);
  });

  it("counts what is held by package and heap", () => {
    let who = "One";
    const heap = new Heap(new Diagnostics(() => who), () => who);
    for (const name of ["One", "Two"]) {
      who = name;
      heap.allocate("LSA heap", 1);
      heap.allocate("LSA heap", 2);
      heap.allocate("client buffer", 4);
    }
    const entry = (name: string, kind: string, count: number, bytes: number) => ({
      package: name,
      heap: kind,
      count,
      bytes,
    });
    expect(heap.held()).toEqual([
      entry("One", "LSA heap", 2, 3),
      entry("One", "client buffer", 1, 4),
      entry("Two", "LSA heap", 2, 3),
      entry("Two", "client buffer", 1, 4),
    ]);
  });
});

describe("a token handle that no kernel has", () => {
  it("is a reference that its host understands until it is closed, and each one is another", () => {
    const tokens = new Tokens();
    const given = [tokens.lend(0x7ffe_0001n), tokens.handOver(0x7ffe_0001n), tokens.lend(0x7ffe_0005n)];
    expect(new Set(given).size).toBe(3);
    expect(given.map((handle) => tokens.meant(handle))).toEqual([0x7ffe_0001n, 0x7ffe_0001n, 0x7ffe_0005n]);
    // A handle of Windows is a multiple of four, and fits into 32 bits.
    for (const handle of given) expect([handle % 4n, handle > 0xffffn, handle < 2n ** 31n]).toEqual([0n, true, true]);
    expect(tokens.open).toBe(3);
    const [one] = given as [bigint];
    expect([tokens.close(one), tokens.close(one), tokens.open]).toEqual([true, false, 2]);
    expect(tokens.meant(one)).toBe(one);
    expect(tokens.duplicateForPackage(0x7ffe_0001n)).toBe(0x7ffe_0001n);
    expect(tokens.open).toBe(2);
  });
});
