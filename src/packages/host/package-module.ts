import { SpLsaModeInitializeFn, SpUserModeInitializeFn } from "../../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_INTERFACE_VERSION } from "../../../generated/ntsecpkg/constants.ts";
import { SECPKG_FUNCTION_TABLE, SECPKG_USER_FUNCTION_TABLE } from "../../../generated/ntsecpkg/structs.ts";
import { hostAbi, type Struct } from "../../ctypes/index.ts";
import { NativeMemory } from "../../interface/native-memory.ts";
import { ForeignTable } from "../../interface/native-table.ts";
import { isKnownVersion, tableEnd } from "../../interface/table-versions.ts";
import { functionAt, NativeLibrary } from "../../native/index.ts";
import { isFailure, statusFact } from "../../status/index.ts";
import { PackageLoadError } from "./errors.ts";
import { mismatch } from "./module-architecture.ts";

/** What is said of a module when it is loaded. All of it may be left out. */
export interface ModuleOptions {
  /** Bytes of one `SECPKG_FUNCTION_TABLE`, where the module's version does not tell them truly. */
  readonly tableSize?: number;
  /** Bytes of one `SECPKG_USER_FUNCTION_TABLE`, likewise. */
  readonly userTableSize?: number;
  /**
   * Whether the package gives room for the newer `SECPKG_CLIENT_INFO` and `SECPKG_CALL_INFO`; where it is not said,
   * if its interface version is `SECPKG_INTERFACE_VERSION_4` or later.
   */
  readonly grownStructs?: boolean;
  /** Whether to call `InitializePackage` where there is one; true where it is not said. */
  readonly initializePackage?: boolean;
  /** The package takes TOKEN and DATA buffers of fixed sizes to decrypt, not a STREAM. */
  readonly splitsMessages?: boolean;
  /** A leg without input is one with NULL, where LSA passes a descriptor of no buffers: Wine's NTLM wants that. */
  readonly nullInput?: boolean;
}

/** Where a module begins: the two functions it exports. */
export interface EntryPoints {
  /** For people: a file, or a package's name. */
  readonly name: string;
  /** Pointer to the `SpLsaModeInitializeFn`. */
  readonly SpLsaModeInitialize: bigint;
  /** Pointer to the `SpUserModeInitializeFn`; left out where no package has sessions. */
  readonly SpUserModeInitialize?: bigint | undefined;
  /** Why a package of the module just answered this status, where it can tell in this process. */
  explain?(packageName: string, status: number): Error | undefined;
}

/** The tables of one package of a module. */
export interface PackageTables {
  readonly version: number;
  readonly lsa: ForeignTable;
  readonly user: ForeignTable | undefined;
}

/** @throws PackageLoadError where the file is no library, or one without `SpLsaModeInitialize`. */
export function openModule(file: string): EntryPoints {
  let library: NativeLibrary;
  try {
    library = NativeLibrary.load(file);
  } catch (error) {
    const reason = mismatch(file, process) ?? (error instanceof Error ? error.message : String(error));
    throw new PackageLoadError(file, `it cannot be loaded: ${reason}`, error);
  }
  const SpLsaModeInitialize = library.addressOf("SpLsaModeInitialize");
  if (SpLsaModeInitialize === undefined)
    throw new PackageLoadError(file, "it is no security package: it does not export SpLsaModeInitialize");
  return { name: file, SpLsaModeInitialize, SpUserModeInitialize: library.addressOf("SpUserModeInitialize") };
}

/** Asks a module for its tables: one or more packages. @throws PackageLoadError */
export function readModule(entry: EntryPoints, options: ModuleOptions): readonly PackageTables[] {
  const lsa = ask(entry, "SpLsaModeInitialize", entry.SpLsaModeInitialize, options.tableSize);
  const user =
    entry.SpUserModeInitialize === undefined
      ? undefined
      : ask(entry, "SpUserModeInitialize", entry.SpUserModeInitialize, options.userTableSize);
  return lsa.tables.map((table, index) => ({ version: lsa.version, lsa: table, user: user?.tables[index] }));
}

const tableOf: Readonly<Record<"SpLsaModeInitialize" | "SpUserModeInitialize", Struct>> = {
  SpLsaModeInitialize: SECPKG_FUNCTION_TABLE as Struct,
  SpUserModeInitialize: SECPKG_USER_FUNCTION_TABLE as Struct,
};
/** No module has this many packages: a larger count was never written. */
const maxTables = 256;

function ask({ name }: EntryPoints, which: keyof typeof tableOf, address: bigint, size: number | undefined) {
  const memory = new NativeMemory();
  const [version, tables, count] = [memory.cell(), memory.cell(), memory.cell()];
  const declaration = which === "SpLsaModeInitialize" ? SpLsaModeInitializeFn : SpUserModeInitializeFn;
  const initialize = functionAt(declaration, address);
  const answer = initialize(SECPKG_INTERFACE_VERSION, version.address, tables.address, count.address);
  const refuse = (reason: string): never => {
    throw new PackageLoadError(name, `${which} ${reason}`);
  };
  if (isFailure(answer)) refuse(`answered ${statusFact(answer).code}: ${statusFact(answer).text}`);
  if (count.uint32 === 0 || tables.pointer === 0n) refuse("gave no function table");
  if (count.uint32 > maxTables) refuse(`claims ${count.uint32} function tables`);
  const stride = strideOf(tableOf[which], version.uint32, count.uint32, size, refuse);
  return { version: version.uint32, tables: split(tableOf[which], tables.pointer, count.uint32, stride) };
}

function split(type: Struct, address: bigint, count: number, stride: number): ForeignTable[] {
  const size = Math.min(stride, type.layouts[hostAbi].size);
  return Array.from({ length: count }, (_, index) => new ForeignTable(type, address + BigInt(index * stride), size));
}

/** How far it is from one table to the next, which is also where one ends. */
function strideOf(
  type: Struct,
  version: number,
  count: number,
  size: number | undefined,
  refuse: (reason: string) => never,
): number {
  if (size !== undefined) return size;
  if (count > 1 && !isKnownVersion(type, version))
    refuse(
      `gave ${count} tables of version 0x${version.toString(16)}: say with tableSize or userTableSize how long one is`,
    );
  try {
    return tableEnd(type, version);
  } catch (error) {
    return refuse(`gave a version that is none: ${error instanceof Error ? error.message : String(error)}`);
  }
}
