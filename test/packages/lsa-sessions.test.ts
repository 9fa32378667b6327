import { describe, expect, it } from "vitest";
import { LUID } from "../../generated/base/structs.ts";
import { LSA_UNICODE_STRING } from "../../generated/lsalookup/structs.ts";
import {
  STATUS_INVALID_PARAMETER,
  STATUS_NO_MEMORY,
  STATUS_NO_SUCH_LOGON_SESSION,
  STATUS_OBJECT_NAME_COLLISION,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from "../../generated/ntstatus/constants.ts";
import { copyOut, readStruct } from "../../src/native/index.ts";
import { lsaSessions } from "../../src/packages/host/lsa-sessions.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { caller, counted, stage } from "./lsa-functions.ts";

const [mine, others] = [7, 8];

/** LSA's logon sessions, called as a package does; credentials are passed and read as text. */
function sessionsOf() {
  const { host } = stage();
  const call = caller(lsaSessions(host));
  const memory = keptMemory();
  const luid = (LowPart: number, HighPart = 0): number => memory.struct(LUID, { LowPart, HighPart }).address;
  const text = (content: string | undefined): number => (content === undefined ? 0 : counted(memory, content));
  /** The text of a string that LSA has allocated, which is released. */
  const taken = (address: number): string => {
    const { Buffer: at, Length } = readStruct(LSA_UNICODE_STRING, address);
    const bytes = Length === 0 ? new Uint8Array() : copyOut(at, Length);
    expect(host.heap.kindOf(at)).toBe("LSA heap");
    host.heap.take(at);
    return Buffer.from(bytes).toString();
  };
  const empty = (): number => memory.struct(LSA_UNICODE_STRING, {}).address;
  return {
    host,
    luid,
    empty,
    taken,
    memory,
    call,
    create: (id: number) => call("CreateLogonSession", id),
    remove: (id: number) => call("DeleteLogonSession", id),
    add: (id: number, owner: number, key?: string, value?: string) =>
      call("AddCredential", id, owner, text(key), text(value)),
    drop: (id: number, owner: number, key?: string) => call("DeleteCredential", id, owner, text(key)),
    find(id: number, owner: number, key?: string) {
      const [length, value] = [memory.cell(), empty()];
      const status = call("GetCredentials", id, owner, 0, 0, text(key), length.address, value);
      return status === STATUS_SUCCESS ? [taken(value), length.uint32] : status;
    },
  };
}

describe("a logon session of a host", () => {
  it("exists from CreateLogonSession to DeleteLogonSession, and only under its own identifier", () => {
    const { luid, create, remove, add } = sessionsOf();
    expect(create(luid(1, 2))).toBe(STATUS_SUCCESS);
    expect(create(luid(1, 2))).toBe(STATUS_OBJECT_NAME_COLLISION);
    expect(create(luid(2, 1))).toBe(STATUS_SUCCESS);
    for (const other of [luid(1, 3), luid(3, 2)]) expect(remove(other)).toBe(STATUS_NO_SUCH_LOGON_SESSION);
    expect(remove(luid(1, 2))).toBe(STATUS_SUCCESS);
    expect(remove(luid(1, 2))).toBe(STATUS_NO_SUCH_LOGON_SESSION);
    expect(add(luid(1, 2), mine, "key", "value")).toBe(STATUS_NO_SUCH_LOGON_SESSION);
    expect(add(luid(2, 1), mine, "key", "value")).toBe(STATUS_SUCCESS);
  });

  it("that does not exist has no credentials to find or delete", () => {
    const { luid, find, drop } = sessionsOf();
    expect(find(luid(1), mine, "key")).toBe(STATUS_NO_SUCH_LOGON_SESSION);
    expect(drop(luid(1), mine, "key")).toBe(STATUS_NO_SUCH_LOGON_SESSION);
  });
});

describe("a credential in a logon session", () => {
  it("is found by its key, with the key's length, and only by the package that added it", () => {
    const { luid, create, add, find } = sessionsOf();
    const id = luid(1);
    create(id);
    expect(add(id, mine, "alice", "one")).toBe(STATUS_SUCCESS);
    expect(add(id, mine, "bob", "two")).toBe(STATUS_SUCCESS);
    expect(add(id, others, "alice", "three")).toBe(STATUS_SUCCESS);
    expect(add(id, mine, "alice", "four")).toBe(STATUS_OBJECT_NAME_COLLISION);
    expect(find(id, mine, "alice")).toEqual(["one", 5]);
    expect(find(id, mine, "bob")).toEqual(["two", 3]);
    expect(find(id, others, "alice")).toEqual(["three", 5]);
    expect(find(id, others, "bob")).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
    expect(find(id, mine, "carol")).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
    expect(find(id, mine)).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
  });

  it("needs a key and a value, which may be empty", () => {
    const { luid, create, add, find } = sessionsOf();
    const id = luid(1);
    create(id);
    expect(add(id, mine, undefined, "value")).toBe(STATUS_INVALID_PARAMETER);
    expect(add(id, mine, "key", undefined)).toBe(STATUS_INVALID_PARAMETER);
    expect(add(id, mine, "", "")).toBe(STATUS_SUCCESS);
    expect(find(id, mine, "")).toEqual(["", 0]);
    expect(find(id, mine)).toEqual(["", 0]);
  });

  it("is deleted by its key, once, and without the other credentials", () => {
    const { luid, create, add, find, drop } = sessionsOf();
    const id = luid(1);
    create(id);
    for (const key of ["alice", "bob", "carol"]) add(id, mine, key, key);
    expect(drop(id, others, "alice")).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
    expect(drop(id, mine)).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
    expect(drop(id, mine, "alice")).toBe(STATUS_SUCCESS);
    expect(drop(id, mine, "alice")).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
    expect(find(id, mine, "alice")).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
    expect(["bob", "carol"].map((key) => find(id, mine, key))).toEqual([
      ["bob", 3],
      ["carol", 5],
    ]);
  });

  it("is one of those that GetCredentials returns one after another if all are requested", () => {
    const { luid, create, add, call, taken, empty, memory } = sessionsOf();
    const id = luid(1);
    create(id);
    add(id, others, "not mine", "0");
    for (const key of ["alice", "bob"]) add(id, mine, key, `${key}'s secret`);
    const [context, length] = [memory.cell(), memory.cell()];
    const next = (at: number) => {
      const [key, value] = [empty(), empty()];
      const status = call("GetCredentials", id, mine, at, 1, key, length.address, value);
      return status === STATUS_SUCCESS ? [taken(key), taken(value), length.uint32] : status;
    };
    expect(next(context.address)).toEqual(["alice", "alice's secret", 5]);
    expect(next(context.address)).toEqual(["bob", "bob's secret", 3]);
    expect(next(context.address)).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
    expect(context.uint32).toBe(2);
    // Without a context each call returns the first one.
    for (const _ of [1, 2]) expect(next(0)).toEqual(["alice", "alice's secret", 5]);
  });

  it("is found by its key whatever the context says, and without a place for the key's length", () => {
    const { luid, create, add, call, taken, empty, memory } = sessionsOf();
    const id = luid(1);
    create(id);
    for (const key of ["alice", "bob"]) add(id, mine, key, key);
    const [context, value] = [memory.cell(), empty()];
    context.uint32 = 1;
    expect(call("GetCredentials", id, mine, context.address, 0, counted(memory, "alice"), 0, value)).toBe(0);
    expect([taken(value), context.uint32]).toEqual(["alice", 1]);
  });

  it.each([
    [0, 1],
    [0, 0],
    [1, 1],
  ])(
    "is not returned when memory runs out after %s allocations (all requested: %s), and the next call returns it",
    (succeeding, all) => {
      const { host, luid, create, add, call, empty, memory, taken } = sessionsOf();
      const id = luid(1);
      create(id);
      add(id, mine, "alice", "secret");
      const context = memory.cell();
      const key = all ? empty() : counted(memory, "alice");
      const value = empty();
      host.heap.failAfter(succeeding);
      expect(call("GetCredentials", id, mine, context.address, all, key, 0, value)).toBe(STATUS_NO_MEMORY);
      expect(context.uint32).toBe(0);
      expect(readStruct(LSA_UNICODE_STRING, value).Buffer).toBe(0n);
      expect(call("GetCredentials", id, mine, context.address, all, key, 0, value)).toBe(STATUS_SUCCESS);
      expect(taken(value)).toBe("secret");
    },
  );
});
