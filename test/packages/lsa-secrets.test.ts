import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LUID } from "../../generated/base/structs.ts";
import { Diagnostics } from "../../src/packages/host/diagnostics.ts";
import { Heap } from "../../src/packages/host/heap.ts";
import { lsaMemory } from "../../src/packages/host/lsa-memory.ts";
import { lsaSessions } from "../../src/packages/host/lsa-sessions.ts";
import type { HostSurroundings } from "../../src/packages/host/surroundings.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { timesZeroed, watchZeroing } from "../memory/zeroed-bytes.ts";
import { caller, counted } from "./lsa-functions.ts";

const diagnostics = new Diagnostics(() => "the package");
const surroundings = { diagnostics, heap: new Heap(diagnostics, () => "the package") } as HostSurroundings;

/** A logon session with two stored credentials, and the functions to delete them. */
function stored() {
  const memory = keptMemory();
  const call = caller(lsaSessions(surroundings));
  const logonId = memory.struct(LUID, { LowPart: 5, HighPart: 0 }).address;
  const secret = (text: string): number => counted(memory, text);
  expect(call("CreateLogonSession", logonId)).toBe(0);
  for (const name of ["alice", "bob"])
    expect(call("AddCredential", logonId, 1, secret(name), secret(`${name}'s secret`))).toBe(0);
  return { call, logonId, secret };
}

describe("a secret that a package keeps in a logon session", () => {
  it("is zeroed when it is deleted, and the other secrets are not", () => {
    const { call, logonId, secret } = stored();
    const zeroed = watchZeroing();
    expect(call("DeleteCredential", logonId, 1, secret("alice"))).toBe(0);
    expect(["alice's secret", "bob's secret"].map((text) => timesZeroed(zeroed, text))).toEqual([1, 0]);
  });

  it("is zeroed, like all others, when the session is deleted", () => {
    const { call, logonId } = stored();
    const zeroed = watchZeroing();
    expect(call("DeleteLogonSession", logonId)).toBe(0);
    expect(["alice's secret", "bob's secret"].map((text) => timesZeroed(zeroed, text))).toEqual([1, 1]);
  });
});

describe("memory that a package protects with LsaProtectMemory", () => {
  it("has other bytes until LsaUnprotectMemory, and every copy of the plaintext is zeroed", () => {
    const call = caller(lsaMemory(surroundings));
    const memory = keptMemory();
    const zeroed = watchZeroing();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 100 }), (secret) => {
        fc.pre(secret.some((byte) => byte !== 0));
        const room = memory.bytes(secret);
        const now = (): Buffer => Buffer.from(room.view.buffer).subarray(0, secret.length);
        const before = zeroed.length;
        call("LsaProtectMemory", room.address, secret.length);
        const covered = Buffer.from(now());
        expect(covered.equals(secret)).toBe(false);
        call("LsaUnprotectMemory", room.address, secret.length);
        expect(now()).toEqual(Buffer.from(secret));
        // Each call zeroes two copies: its input and its result.
        const since = zeroed.slice(before);
        expect([timesZeroed(since, secret), timesZeroed(since, covered)]).toEqual([2, 2]);
      }),
      { numRuns: 20 },
    );
  });
});
