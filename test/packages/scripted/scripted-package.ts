import { expect, onTestFinished } from "vitest";
import { SpLsaModeInitializeFn, SpUserModeInitializeFn } from "../../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_INTERFACE_VERSION } from "../../../generated/ntsecpkg/constants.ts";
import { SECPKG_FUNCTION_TABLE, SECPKG_USER_FUNCTION_TABLE } from "../../../generated/ntsecpkg/structs.ts";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import type { Address, Struct } from "../../../src/ctypes/index.ts";
import { type Implementations, NativeTable } from "../../../src/interface/native-table.ts";
import {
  callbackSlots,
  type NativeCallback,
  registerCallback,
  type SecurityProvider,
  writePointer,
  writeUint32,
} from "../../../src/native/index.ts";
import { type EntryPoints, PackageHost } from "../../../src/packages.ts";
import { lsaSide } from "./lsa-side.ts";
import { PackageBook } from "./package-book.ts";
import type { PackageScript } from "./package-script.ts";
import { userSide } from "./user-side.ts";

/** Three legs, of client and server in turn, after which both have a session. */
export const handshakeLegs: NonNullable<PackageScript["legs"]> = [
  { status: SEC_I_CONTINUE_NEEDED, token: "hello" },
  { status: SEC_E_OK, token: "welcome", session: "of the server" },
  { status: SEC_E_OK, session: "of the client" },
];

/** A security package at the level of `ntsecpkg.h`'s tables: native entry points that behave as the script says. */
export class ScriptedPackage extends PackageBook implements EntryPoints {
  readonly name = "Scripted";
  readonly SpLsaModeInitialize: bigint;
  readonly SpUserModeInitialize: bigint;
  readonly #held: { release(): void }[] = [];

  constructor(script: PackageScript = {}) {
    super({ legs: handshakeLegs, ...script });
    this.SpLsaModeInitialize = this.#entry(SpLsaModeInitializeFn, SECPKG_FUNCTION_TABLE as Struct, lsaSide(this));
    this.SpUserModeInitialize = this.#entry(
      SpUserModeInitializeFn,
      SECPKG_USER_FUNCTION_TABLE as Struct,
      userSide(this),
    );
  }

  close(): void {
    for (const held of this.#held.splice(0)) held.release();
  }

  #entry(declaration: typeof SpLsaModeInitializeFn, type: Struct, members: Implementations): bigint {
    const options = { onError: (name: string, error: unknown) => void this.wrongs.push(`${name}: ${String(error)}`) };
    const table = new NativeTable(type, [members], options, SECPKG_INTERFACE_VERSION);
    const initialize = (_lsa: number, version: Address, tables: Address, count: Address): number => {
      writeUint32(version, SECPKG_INTERFACE_VERSION);
      writePointer(tables, table.address);
      writeUint32(count, 1);
      return SEC_E_OK;
    };
    const entry: NativeCallback = registerCallback(declaration, initialize, options);
    this.#held.push(table, entry);
    return entry.address;
  }
}

export interface ScriptedHost {
  readonly host: PackageHost;
  readonly provider: SecurityProvider;
  readonly scripted: ScriptedPackage;
}

/** A host of a scripted package. When the test ends, nothing of either may remain, and the package saw no mistake. */
export function scriptedHost(script: PackageScript = {}): ScriptedHost {
  const before = callbackSlots();
  const [host, scripted] = [new PackageHost(), new ScriptedPackage(script)];
  onTestFinished(() => {
    host.close();
    scripted.close();
    expect(scripted.wrongs).toEqual([]);
    expect(scripted.open).toEqual({ credentials: 0, contexts: 0, sessions: 0 });
    expect(host.diagnostics()).toMatchObject({ held: [], open: { credentials: 0, contexts: 0, tokens: 0 } });
    expect(callbackSlots()).toBe(before);
  });
  host.add(scripted, { splitsMessages: true });
  return { host, provider: host.provider, scripted };
}
