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

/** Options for loading a module. All of them may be omitted. */
export interface ModuleOptions {
  /** The size in bytes of one `SECPKG_FUNCTION_TABLE`, if the module's version does not imply it correctly. */
  readonly tableSize?: number;
  /** The size in bytes of one `SECPKG_USER_FUNCTION_TABLE`, if the module's version does not imply it correctly. */
  readonly userTableSize?: number;
  /**
   * Whether the package provides memory for the newer `SECPKG_CLIENT_INFO` and `SECPKG_CALL_INFO`; by default, true if
   * its interface version is `SECPKG_INTERFACE_VERSION_4` or later.
   */
  readonly grownStructs?: boolean;
  /** Whether to call `InitializePackage` if the package has it; true by default. */
  readonly initializePackage?: boolean;
  /** The package decrypts TOKEN and DATA buffers of fixed sizes, not a STREAM. */
  readonly splitsMessages?: boolean;
  /** Pass NULL for a missing input instead of an empty SecBufferDesc (Wine's NTLM needs this), which LSA passes. */
  readonly nullInput?: boolean;
}

/** The entry points of a module: the two functions that it exports. */
export interface EntryPoints {
  /** For error messages and lists: a file, or a package's name. */
  readonly name: string;
  /** Pointer to the `SpLsaModeInitializeFn`. */
  readonly SpLsaModeInitialize: bigint;
  /** Pointer to the `SpUserModeInitializeFn`; omitted if no package has sessions. */
  readonly SpUserModeInitialize?: bigint | undefined;
  /**
   * Returns the error behind the status that a package of the module just returned, if the package runs in this
   * process.
   */
  explain?(packageName: string, status: number): Error | undefined;
}

/** The function tables of one package of a module. */
export interface PackageTables {
  readonly version: number;
  readonly lsa: ForeignTable;
  readonly user: ForeignTable | undefined;
}

/** @throws PackageLoadError if the file is not a library, or has no `SpLsaModeInitialize`. */
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

/** Reads the tables of a module's packages, one or more. @throws PackageLoadError */
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
/** No module has this many packages: a larger count means that the module did not write it. */
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

/** The distance from one table to the next, which is also a table's size. */
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
