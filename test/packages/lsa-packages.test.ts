import { describe, expect, it, onTestFinished } from "vitest";
import { LSA_CALLBACK_FUNCTION } from "../../generated/ntsecpkg/callbacks.ts";
import {
  STATUS_NO_SUCH_PACKAGE,
  STATUS_NOT_SUPPORTED,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from "../../generated/ntstatus/constants.ts";
import { registerCallback } from "../../src/native/index.ts";
import type { HostedPackage } from "../../src/packages/host/hosted-package.ts";
import { clientCallbacks, lsaPackages } from "../../src/packages/host/lsa-packages.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { caller, stage } from "./lsa-functions.ts";

/** A host in which a package called Other has these functions; each call is recorded with the package that it runs in. */
function withOther(...members: readonly ("CallPackage" | "CallPackagePassthrough")[]) {
  const { host, within } = stage();
  const calls: unknown[] = [];
  const find = (name: string) =>
    members.includes(name as never)
      ? (...args: unknown[]) => {
          calls.push([name, host.current?.name, ...args]);
          return 0x103;
        }
      : undefined;
  host.packages.push({ name: "Other", lsa: { find } } as unknown as HostedPackage);
  const call = caller(lsaPackages(host));
  const name = (text: string): number => keptMemory().unicodeString(text).address;
  return { calls, name, call: (...args: Parameters<typeof call>) => within(() => call(...args)) };
}

describe("a package that calls another one through LSA", () => {
  it("reaches its CallPackage, whatever the case of its name, as a client without a request", () => {
    const { call, calls, name } = withOther("CallPackage");
    expect(call("CallPackage", name("OTHER"), 10, 20, 30, 40, 50)).toBe(0x103);
    expect(call("CallPackageEx", name("Other"), 5, 10, 20, 30, 40, 50)).toBe(0x103);
    // CallPackage's message is in the caller's own memory, so its base is its address.
    expect(calls).toEqual([
      ["CallPackage", "Other", 0, 10, 10, 20, 30, 40, 50],
      ["CallPackage", "Other", 0, 10, 5, 20, 30, 40, 50],
    ]);
  });

  it("reaches its CallPackagePassthrough", () => {
    const { call, calls, name } = withOther("CallPackagePassthrough");
    expect(call("CallPackagePassthrough", name("Other"), 5, 10, 20, 30, 40, 50)).toBe(0x103);
    expect(calls).toEqual([["CallPackagePassthrough", "Other", 0, 10, 5, 20, 30, 40, 50]]);
  });

  it.each(["CallPackage", "CallPackageEx", "CallPackagePassthrough"])(
    "gets from %s a status when there is no such package, no name, or no such function",
    (member) => {
      const { call, calls, name } = withOther();
      expect(call(member, name("Nobody"), 1, 2, 3, 4, 5, 6)).toBe(STATUS_NO_SUCH_PACKAGE);
      expect(call(member, 0, 1, 2, 3, 4, 5, 6)).toBe(STATUS_NO_SUCH_PACKAGE);
      expect(call(member, name("Other"), 1, 2, 3, 4, 5, 6)).toBe(STATUS_NOT_SUPPORTED);
      expect(calls).toEqual([]);
    },
  );
});

describe("a function that a package registers for ClientCallback", () => {
  function registered() {
    const { lsa, dll } = clientCallbacks();
    const calls: unknown[][] = [];
    const callback = registerCallback(LSA_CALLBACK_FUNCTION, (...args: unknown[]) => {
      calls.push(args.map((value) => BigInt(value as number)));
      return 0x105;
    });
    onTestFinished(() => callback.release());
    return { calls, back: caller(lsa), dll: caller(dll), callback: callback.address };
  }

  it("is called with its four arguments under its number, until NULL is registered", () => {
    const { calls, back, dll, callback } = registered();
    expect(back("ClientCallback", 3, 1, 2, 0, 0)).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
    expect(dll("RegisterCallback", 3, callback)).toBe(STATUS_SUCCESS);
    expect(back("ClientCallback", 4, 1, 2, 0, 0)).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
    const [input, output] = [keptMemory().allocate(16).address, keptMemory().allocate(16).address];
    expect(back("ClientCallback", 3, 1, 2, input, output)).toBe(0x105);
    expect(calls).toEqual([[1n, 2n, BigInt(input), BigInt(output)]]);
    expect(dll("RegisterCallback", 3, 0)).toBe(STATUS_SUCCESS);
    expect(back("ClientCallback", 3, 1, 2, 0, 0)).toBe(STATUS_OBJECT_NAME_NOT_FOUND);
  });

  it("has a number up to 65535: a larger one is the address of an export's name, which a host cannot call", () => {
    const { calls, back, dll, callback } = registered();
    for (const id of [0xffff, 0x1_0000]) dll("RegisterCallback", id, callback);
    expect(back("ClientCallback", 0xffff, 0, 0, 0, 0)).toBe(0x105);
    expect(back("ClientCallback", 0x1_0000, 0, 0, 0, 0)).toBe(STATUS_NOT_SUPPORTED);
    expect(calls).toHaveLength(1);
  });

  it("is no address of another package: LocatePackageById returns NULL", () => {
    expect(registered().dll("LocatePackageById", 1)).toBe(0n);
  });
});
