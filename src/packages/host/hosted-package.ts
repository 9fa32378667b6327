import {
  LSA_AP_INITIALIZE_PACKAGE,
  SpGetInfoFn,
  SpInitializeFn,
  SpInstanceInitFn,
  SpShutdownFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_INTERFACE_VERSION, SECPKG_INTERFACE_VERSION_4 } from "../../../generated/ntsecpkg/constants.ts";
import { SECPKG_PARAMETERS } from "../../../generated/ntsecpkg/structs.ts";
import { SecPkgInfoW } from "../../../generated/sspi/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { countedStringAt } from "../../interface/lsa-string.ts";
import { NativeMemory } from "../../interface/native-memory.ts";
import type { ForeignTable } from "../../interface/native-table.ts";
import type { PackageInfo } from "../../interface/package-infos.ts";
import { readStruct, readWideString } from "../../native/index.ts";
import { isFailure, statusFact } from "../../status/index.ts";
import { PackageLoadError } from "./errors.ts";
import type { Heap } from "./heap.ts";
import type { EntryPoints, ModuleOptions, PackageTables } from "./package-module.ts";

/** The addresses of the function tables that the system gives to packages. */
interface SystemTables {
  readonly lsa: { readonly address: number | bigint };
  readonly dll: { readonly address: number | bigint };
}

/** One package of a module, from its Initialize to its Shutdown. */
export class HostedPackage {
  readonly module: string;
  readonly id: number;
  readonly lsa: ForeignTable;
  readonly user: ForeignTable | undefined;
  readonly grownStructs: boolean;
  readonly splitsMessages: boolean;
  readonly nullInput: boolean;
  /** SECPKG_PARAMETERS and other memory that the package may read until its Shutdown. */
  readonly #memory = new NativeMemory();
  readonly #explain: EntryPoints["explain"];
  #info: PackageInfo | undefined;

  constructor(module: EntryPoints, id: number, { version, lsa, user }: PackageTables, options: ModuleOptions) {
    this.module = module.name;
    this.#explain = module.explain;
    this.id = id;
    this.lsa = lsa;
    this.user = user;
    this.grownStructs = options.grownStructs ?? version >= SECPKG_INTERFACE_VERSION_4;
    this.splitsMessages = options.splitsMessages ?? false;
    this.nullInput = options.nullInput ?? false;
  }

  get info(): PackageInfo {
    if (!this.#info) throw new Error(`${this.module}: a package that has not been initialised`);
    return this.#info;
  }

  /** The package's name, or the module's name until the package has reported one. */
  get name(): string {
    return this.#info?.name ?? this.module;
  }

  /** The error behind the status that the package just returned, if its module can provide one. */
  explain(status: number): Error | undefined {
    return this.#explain?.(this.name, status);
  }

  /** Makes the calls that LSA makes when it loads a package, in the same order. @throws PackageLoadError */
  start(tables: SystemTables, heap: Heap, callInitializePackage: boolean): void {
    if (callInitializePackage) this.#initializePackage(tables, heap);
    const parameters = this.#memory.struct(SECPKG_PARAMETERS, {
      Version: 1,
      DomainName: this.#memory.unicodeStringValue("WORKGROUP"),
    });
    const initialize = this.lsa.find("Initialize", SpInitializeFn);
    if (initialize) this.#expect("Initialize", initialize(BigInt(this.id), parameters.address, tables.lsa.address));
    try {
      this.#info = this.#getInfo();
      this.#instanceInit(tables);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Calls Shutdown and returns its status. */
  stop(): number {
    return this.lsa.find("Shutdown", SpShutdownFn)?.() ?? 0;
  }

  #initializePackage(tables: SystemTables, heap: Heap): void {
    const initialize = this.lsa.find("InitializePackage", LSA_AP_INITIALIZE_PACKAGE);
    if (!initialize) return;
    const name = this.#memory.cell();
    this.#expect("InitializePackage", initialize(this.id, tables.lsa.address, 0, 0, name.address));
    const text = countedStringAt(name.pointer);
    // Both the string and its text come from the LSA's heap, and the LSA now owns them.
    if (text) heap.take(text.buffer);
    heap.take(name.pointer);
  }

  #getInfo(): PackageInfo {
    const getInfo = this.lsa.find("GetInfo", SpGetInfoFn);
    if (!getInfo) throw new PackageLoadError(this.module, "its function table has no GetInfo, so it has no name");
    const room = new NativeMemory().allocate(SecPkgInfoW.layouts[hostAbi].size);
    this.#expect("GetInfo", getInfo(room.address));
    const info = readStruct(SecPkgInfoW, room.address);
    const name = readWideString(info.Name);
    if (name === "") throw new PackageLoadError(this.module, "its GetInfo tells no name");
    return {
      name,
      comment: readWideString(info.Comment),
      capabilities: info.fCapabilities,
      version: info.wVersion,
      rpcId: info.wRPCID,
      maxToken: info.cbMaxToken,
    };
  }

  #instanceInit(tables: SystemTables): void {
    const instanceInit = this.user?.find("InstanceInit", SpInstanceInitFn);
    if (!instanceInit) return;
    const functions = this.#memory.cell();
    this.#expect("InstanceInit", instanceInit(SECPKG_INTERFACE_VERSION, tables.dll.address, functions.address));
  }

  #expect(call: string, answer: number): void {
    if (!isFailure(answer)) return;
    const { code, text } = statusFact(answer);
    throw new PackageLoadError(this.module, `${call} answered ${code}: ${text}`);
  }
}
