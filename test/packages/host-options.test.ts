import { describe, expect, it } from "vitest";
import { SECPKG_FUNCTION_TABLE, SECPKG_USER_FUNCTION_TABLE } from "../../generated/ntsecpkg/structs.ts";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import { readHostOptions } from "../../src/packages/host/host-options.ts";
import { checkEntryPoints, readModuleOptions } from "../../src/packages/host/module-arguments.ts";
import { highestAddress } from "../../src/values/index.ts";

const read = (options: unknown) => readHostOptions(options as never);
const client = (options: unknown) => read({ client: options });

describe("a host's options", () => {
  it("are copied with the caller's own client, of which each part may be left out", () => {
    const whole = {
      logonId: { LowPart: 0xffff_ffff, HighPart: -0x8000_0000 },
      processId: 0,
      hasTcbPrivilege: false,
      impersonating: true,
      callAttributes: 0xffff_ffff,
    };
    expect(client(whole)).toEqual({ client: whole });
    expect(client({ logonId: { LowPart: 0, HighPart: 0x7fff_ffff } })).toMatchObject({
      client: { logonId: { LowPart: 0, HighPart: 0x7fff_ffff } },
    });
    expect(client({ processId: 5 })).toEqual({ client: { processId: 5 } });
    expect(client({})).toEqual({ client: {} });
    expect(read({})).toEqual({});
    const given = { processId: 5 };
    const copy = client(given);
    given.processId = 6;
    expect(copy.client?.processId).toBe(5);
  });

  it("may have an impersonator that is an instance of a class", () => {
    class Acting {
      begin(): void {}
      end(): void {}
    }
    const impersonation = new Acting();
    expect(read({ impersonation }).impersonation).toBe(impersonation);
  });

  it.each<[unknown, RegExp]>([
    [null, /^options: expected/],
    [{ impersonation: null }, /^impersonation: expected { begin\(\), end\(\) }, got null/],
    [{ impersonation: { begin() {} } }, /^impersonation: expected/],
    [{ impersonation: { end() {} } }, /^impersonation: expected/],
    [{ impersonation: { begin: true, end() {} } }, /^impersonation: expected/],
    [{ client: 5 }, /^client: expected/],
    [{ client: { hasTcbPrivilege: 1 } }, /^client\.hasTcbPrivilege: expected a boolean, got/],
    [{ client: { impersonating: "no" } }, /^client\.impersonating: expected a boolean, got/],
    [{ client: { processId: -1 } }, /^client\.processId: expected/],
    [{ client: { callAttributes: 2 ** 32 } }, /^client\.callAttributes: expected/],
    [{ client: { logonId: 5 } }, /^client\.logonId: expected/],
    [{ client: { logonId: { LowPart: -1, HighPart: 0 } } }, /^client\.logonId\.LowPart: expected/],
    [{ client: { logonId: { LowPart: 1, HighPart: 1.5 } } }, /^client\.logonId\.HighPart: expected a LONG, got/],
    [{ client: { logonId: { LowPart: 1, HighPart: 0x8000_0000 } } }, /^client\.logonId\.HighPart: expected a LONG/],
    [{ client: { logonId: { LowPart: 1, HighPart: -0x8000_0001 } } }, /^client\.logonId\.HighPart: expected a LONG/],
    [{ client: { logonId: { LowPart: 1 } } }, /^client\.logonId\.HighPart: expected a LONG/],
    [{ client: { logonID: 5 } }, /logonId/],
  ])("are refused with an error that names the option: %o", (options, message) => {
    expect(() => read(options)).toThrow(message);
  });
});

describe("a module's options", () => {
  const pointer = pointerSize(hostAbi);
  const sizes = {
    tableSize: SECPKG_FUNCTION_TABLE.layouts[hostAbi].size * 4,
    userTableSize: SECPKG_USER_FUNCTION_TABLE.layouts[hostAbi].size * 4,
  };

  it.each(["tableSize", "userTableSize"] as const)(
    "may have %s from one pointer to four times the header's table",
    (name) => {
      for (const size of [pointer, pointer * 2, sizes[name]])
        expect(readModuleOptions({ [name]: size })).toEqual({ [name]: size });
      for (const size of [0, pointer - 1, pointer + 1, sizes[name] + pointer, -pointer, pointer / 3])
        expect(() => readModuleOptions({ [name]: size })).toThrow(
          `${name}: expected whole pointers of ${pointer} bytes`,
        );
      expect(() => readModuleOptions({ [name]: BigInt(pointer) } as never)).toThrow(
        `${name}: expected a number of bytes, got bigint`,
      );
    },
  );

  it.each(["grownStructs", "initializePackage", "splitsMessages", "nullInput"])(
    "may have %s, true or false",
    (name) => {
      for (const value of [true, false]) expect(readModuleOptions({ [name]: value })).toEqual({ [name]: value });
      for (const value of [0, null, "true"])
        expect(() => readModuleOptions({ [name]: value } as never)).toThrow(
          `${name}: expected a boolean, got ${typeof value}`,
        );
    },
  );
});

describe("a module given as entry points", () => {
  const module = { name: "x", SpLsaModeInitialize: 1n };

  it("is copied, with an explain() that is called on the module itself", () => {
    expect(checkEntryPoints(module)).toEqual({ ...module, SpUserModeInitialize: undefined });
    expect("explain" in checkEntryPoints(module)).toBe(false);
    const both = { ...module, SpLsaModeInitialize: highestAddress, SpUserModeInitialize: highestAddress };
    expect(checkEntryPoints(both)).toEqual(both);
    const told = {
      ...module,
      explain(name: string, status: number) {
        return new Error(`${this.name} ${name} ${status}`);
      },
    };
    expect(checkEntryPoints(told).explain?.("y", 5)?.message).toBe("x y 5");
  });

  it.each<[unknown, RegExp]>([
    ["text", /^module: expected .* got string/],
    [null, /^module: expected .* got null/],
    [{ ...module, name: "" }, /^module\.name: expected/],
    [{ ...module, SpLsaModeInitialize: 0n }, /^module\.SpLsaModeInitialize: expected a function pointer, got 0/],
    [
      { ...module, SpLsaModeInitialize: highestAddress + 1n },
      /^module\.SpLsaModeInitialize: expected a function pointer, got/,
    ],
    [
      { ...module, SpUserModeInitialize: null },
      /^module\.SpUserModeInitialize: expected a function pointer \(a bigint\), got null/,
    ],
    [{ ...module, SpUserModeInitialize: -1n }, /^module\.SpUserModeInitialize: expected a function pointer, got -1/],
    [{ ...module, explain: "why" }, /^module\.explain: expected a function, got string/],
    [{ ...module, explain: null }, /^module\.explain: expected a function, got null/],
  ])("is refused with an error that names its part: %o", (wrong, message) => {
    expect(() => checkEntryPoints(wrong as never)).toThrow(message);
  });
});
