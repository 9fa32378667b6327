import { SpLsaModeInitializeFn, SpUserModeInitializeFn } from "../../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_FUNCTION_TABLE, SECPKG_USER_FUNCTION_TABLE } from "../../../generated/ntsecpkg/structs.ts";
import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from "../../../generated/ntstatus/constants.ts";
import type { Address, Struct } from "../../ctypes/index.ts";
import { type Implementations, NativeTable } from "../../interface/native-table.ts";
import { versionWith } from "../../interface/table-versions.ts";
import { type NativeCallback, registerCallback, writePointer, writeUint32 } from "../../native/index.ts";
import { Answers } from "./answers.ts";
import type { PackageDefinition } from "./definition.ts";
import { HandleNumbers } from "./handle-table.ts";
import { LsaMode } from "./lsa-mode.ts";
import type { PackageParts } from "./package-parts.ts";
import { SystemServices } from "./system-services.ts";
import { UserMode } from "./user-mode.ts";

/** The first handle of a package: low numbers, where no memory is mapped. */
const firstHandle = 0x1000n;

/** One package of a module: its definition, and the implementations of its two function tables. */
export interface WrittenPackage {
  readonly parts: PackageParts<unknown, unknown>;
  readonly lsa: LsaMode<unknown, unknown>;
  readonly user: UserMode<unknown, unknown>;
}

/** The function tables of a module and the two exported functions that return them: everything that C sees of it. */
export class ModuleTables {
  readonly packages: readonly WrittenPackage[];
  readonly #held: { release(): void }[] = [];
  #lsaEntry: NativeCallback | undefined;
  #userEntry: NativeCallback | undefined;

  constructor(definitions: readonly PackageDefinition<unknown, unknown>[]) {
    this.packages = definitions.map(written);
    const sessions = this.packages.map(({ parts, user }) => (parts.definition.openSession ? user.implementations : {}));
    try {
      const lsa = this.packages.map((one) => one.lsa.implementations);
      this.#lsaEntry = this.#entry(SpLsaModeInitializeFn, SECPKG_FUNCTION_TABLE as Struct, lsa);
      // A package has the same index in both arrays of tables, so one without sessions gets an empty user-mode table.
      if (definitions.some(({ openSession }) => openSession))
        this.#userEntry = this.#entry(SpUserModeInitializeFn, SECPKG_USER_FUNCTION_TABLE as Struct, sessions);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** Pointer to the LSA-mode function; undefined after the release. */
  get lsaEntry(): bigint | undefined {
    return this.#lsaEntry?.address;
  }

  /** Pointer to the user-mode function; undefined after the release, and if no package has sessions. */
  get userEntry(): bigint | undefined {
    return this.#userEntry?.address;
  }

  release(): void {
    this.#lsaEntry = undefined;
    this.#userEntry = undefined;
    for (const held of this.#held.splice(0)) held.release();
  }

  #entry(
    declaration: typeof SpLsaModeInitializeFn,
    type: Struct,
    packages: readonly Implementations[],
  ): NativeCallback {
    const options = { onError: (name: string, error: unknown) => this.packages[0]?.parts.answers.fault(name, error) };
    const members = packages.flatMap((members) => Object.keys(members).filter((member) => members[member]));
    // The version determines the length of each table in the array, so all tables share one version that covers the
    // members of all packages.
    const version = versionWith(type, members);
    const table = new NativeTable(type, packages, options, version);
    this.#held.push(table);
    const initialize = (_lsaVersion: number, versionAt: Address, tables: Address, count: Address): number => {
      if ([versionAt, tables, count].some((place) => BigInt(place) === 0n)) return STATUS_INVALID_PARAMETER;
      writeUint32(versionAt, version);
      writePointer(tables, table.address);
      writeUint32(count, packages.length);
      return STATUS_SUCCESS;
    };
    const entry = registerCallback(declaration, initialize, options);
    this.#held.push(entry);
    return entry;
  }
}

function written(definition: PackageDefinition<unknown, unknown>): WrittenPackage {
  const parts = {
    definition,
    answers: new Answers(),
    services: new SystemServices(),
    numbers: new HandleNumbers(firstHandle),
  };
  return { parts, lsa: new LsaMode(parts), user: new UserMode(parts) };
}
