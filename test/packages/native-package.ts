import { expect, onTestFinished } from "vitest";
import { SpGetInfoFn, SpLsaModeInitializeFn, SpUserModeInitializeFn } from "../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_INTERFACE_VERSION } from "../../generated/ntsecpkg/constants.ts";
import { SECPKG_FUNCTION_TABLE, SECPKG_USER_FUNCTION_TABLE } from "../../generated/ntsecpkg/structs.ts";
import { SecPkgInfoW } from "../../generated/sspi/structs.ts";
import type { Address, Struct } from "../../src/ctypes/index.ts";
import { NativeMemory } from "../../src/interface/native-memory.ts";
import { type Implementation, type Implementations, implement, NativeTable } from "../../src/interface/native-table.ts";
import { callbackSlots, registerCallback, writePointer, writeStruct, writeUint32 } from "../../src/native/index.ts";
import { type EntryPoints, type ModuleOptions, PackageHost } from "../../src/packages.ts";

/** What an entry point of a module returns and writes. */
export interface Entry {
  readonly members: readonly Implementations[];
  readonly version?: number;
  readonly answer?: number;
  readonly count?: number;
  readonly tables?: bigint;
}

const texts = new NativeMemory();

/** GetInfo of a package with this name. */
export function getInfo(name: string, maxToken = 64): Implementation {
  const [Name, Comment] = [name, "made of tables"].map((text) => BigInt(texts.wideString(text).address));
  return implement(SpGetInfoFn, (place) => {
    writeStruct(SecPkgInfoW, place, {
      fCapabilities: 1,
      wVersion: 1,
      wRPCID: 7,
      cbMaxToken: maxToken,
      Name,
      Comment,
    } as never);
    return 0;
  });
}

/** A module at the level of its two entry points, released when the test ends, after its host. */
export function nativeModule(lsa: Entry, user?: Entry): EntryPoints {
  const held: { release(): void }[] = [];
  const entry = (declaration: typeof SpLsaModeInitializeFn, type: Struct, given: Entry): bigint => {
    const { members, version = SECPKG_INTERFACE_VERSION, answer = 0 } = given;
    const table = new NativeTable(type, members, {}, version === 7 ? undefined : version);
    const initialize = (_lsa: number, versionAt: Address, tables: Address, count: Address): number => {
      writeUint32(versionAt, version);
      writePointer(tables, given.tables ?? BigInt(table.address));
      writeUint32(count, given.count ?? members.length);
      return answer;
    };
    const callback = registerCallback(declaration, initialize);
    held.push(table, callback);
    return callback.address;
  };
  onTestFinished(() => {
    for (const one of held) one.release();
  });
  const SpLsaModeInitialize = entry(SpLsaModeInitializeFn, SECPKG_FUNCTION_TABLE as Struct, lsa);
  if (!user) return { name: "Module", SpLsaModeInitialize };
  const SpUserModeInitialize = entry(SpUserModeInitializeFn, SECPKG_USER_FUNCTION_TABLE as Struct, user);
  return { name: "Module", SpLsaModeInitialize, SpUserModeInitialize };
}

/** A host of a module; nothing of either may remain when the test ends. */
export function hostOf(module: EntryPoints, options: ModuleOptions = {}): PackageHost {
  const host = new PackageHost();
  onTestFinished(() => {
    host.close();
    expect(host.diagnostics()).toMatchObject({ held: [], open: { credentials: 0, contexts: 0, tokens: 0 } });
  });
  host.add(module, options);
  return host;
}

/** Adds a module that the host must refuse without keeping anything of it. */
export function refusalOf(module: EntryPoints, options: ModuleOptions = {}): unknown {
  const before = callbackSlots();
  const host = new PackageHost();
  try {
    host.add(module, options);
  } catch (error) {
    expect(host.packages).toEqual([]);
    return error;
  } finally {
    host.close();
    expect(callbackSlots()).toBe(before);
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
  }
  throw new Error("the module was accepted");
}
