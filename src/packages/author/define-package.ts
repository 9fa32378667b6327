import { SpLsaModeInitializeFn, SpUserModeInitializeFn } from "../../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_INTERFACE_VERSION } from "../../../generated/ntsecpkg/constants.ts";
import { SECPKG_FUNCTION_TABLE, SECPKG_USER_FUNCTION_TABLE } from "../../../generated/ntsecpkg/structs.ts";
import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from "../../../generated/ntstatus/constants.ts";
import { SECPKG_FLAG } from "../../../generated/sspi/constants.ts";
import type { Address } from "../../ctypes/index.ts";
import { checkText, checkUint, flagBits } from "../../memory/index.ts";
import { type NativeCallback, registerCallback, writePointer, writeUint32 } from "../../native/index.ts";
import { type Implementations, NativeTable } from "../interface/native-table.ts";
import { Answers, type PackageFault } from "./answers.ts";
import type { PackageDefinition } from "./definition.ts";
import { HandleNumbers } from "./handle-table.ts";
import { LsaMode, type PackageParts } from "./lsa-mode.ts";
import { SystemServices } from "./system-services.ts";
import { UserMode } from "./user-mode.ts";

/** Handles of a package begin here: not where memory is. */
const firstHandle = 0x1000n;

/**
 * A security package whose functions are TypeScript. `SpLsaModeInitialize` and `SpUserModeInitialize` are real
 * function pointers: a `PackageHost` takes it as it is, and any other host in this process can call them. They are
 * called on this thread only.
 */
export class DefinedPackage<Credential = unknown, Context = unknown> implements Disposable {
  readonly name: string;
  readonly #parts: PackageParts<Credential, Context>;
  readonly #lsa: LsaMode<Credential, Context>;
  readonly #user: UserMode<Credential, Context>;
  readonly #held: { release(): void }[] = [];
  readonly #entries: NativeCallback[] = [];

  /** @throws TypeError or RangeError naming what is wrong with the definition. */
  constructor(definition: PackageDefinition<Credential, Context>) {
    checkDefinition(definition as PackageDefinition<unknown, unknown>);
    this.name = definition.name;
    const [answers, services] = [new Answers(), new SystemServices()];
    this.#parts = { definition, answers, services, numbers: new HandleNumbers(firstHandle) };
    this.#lsa = new LsaMode(this.#parts);
    this.#user = new UserMode(this.#parts);
    try {
      const lsa = this.#table(SECPKG_FUNCTION_TABLE, this.#lsa.implementations);
      this.#entry(SpLsaModeInitializeFn, lsa.address);
      if (!definition.openSession) return;
      const user = this.#table(SECPKG_USER_FUNCTION_TABLE, this.#user.implementations);
      this.#entry(SpUserModeInitializeFn, user.address);
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** Pointer to the `SpLsaModeInitializeFn`. @throws Error after close */
  get SpLsaModeInitialize(): bigint {
    const [entry] = this.#entries;
    if (!entry) throw new Error(`${this.name}: the package has been closed`);
    return entry.address;
  }

  /** Pointer to the `SpUserModeInitializeFn`; undefined where the package has no sessions. */
  get SpUserModeInitialize(): bigint | undefined {
    return this.#entries[1]?.address;
  }

  /** What the definition's functions did wrong: the last hundred times, each an error that no caller saw. */
  get faults(): readonly PackageFault[] {
    return [...this.#parts.answers.faults];
  }

  /** How many handles are open. */
  get open(): { readonly credentials: number; readonly contexts: number; readonly sessions: number } {
    const { credentials, contexts } = this.#lsa;
    return { credentials: credentials.count, contexts: contexts.count, sessions: this.#user.sessions.count };
  }

  /**
   * Releases the function pointers: nothing may call them any more. Harmless when repeated.
   *
   * @throws Error while a host has the package loaded: close the host first.
   */
  close(): void {
    if (this.#parts.services.attached)
      throw new Error(`${this.name}: the package is still loaded by a host; close the host first`);
    this.#release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #table(type: Parameters<typeof tableOf>[0], implementations: Implementations): NativeTable {
    const table = tableOf(type, implementations, this.#parts.answers);
    this.#held.push(table);
    return table;
  }

  #entry(declaration: typeof SpLsaModeInitializeFn, table: number): void {
    const { answers } = this.#parts;
    const initialize = (_lsaVersion: number, version: Address, tables: Address, count: Address): number => {
      if ([version, tables, count].some((place) => BigInt(place) === 0n)) return STATUS_INVALID_PARAMETER;
      writeUint32(version, SECPKG_INTERFACE_VERSION);
      writePointer(tables, table);
      writeUint32(count, 1);
      return STATUS_SUCCESS;
    };
    const entry = registerCallback(declaration, initialize, { onError: (name, error) => answers.fault(name, error) });
    this.#entries.push(entry);
    this.#held.push(entry);
  }

  #release(): void {
    this.#entries.length = 0;
    for (const held of this.#held.splice(0)) held.release();
  }
}

/**
 * Makes a security package of a few functions. The caller closes it, after its host.
 *
 * @throws TypeError or RangeError naming what is wrong with the definition.
 * @see SpLsaModeInitializeFn https://learn.microsoft.com/windows/win32/api/ntsecpkg/nc-ntsecpkg-splsamodeinitializefn
 */
export function definePackage<Credential, Context>(
  definition: PackageDefinition<Credential, Context>,
): DefinedPackage<Credential, Context> {
  return new DefinedPackage(definition);
}

function tableOf(
  type: typeof SECPKG_FUNCTION_TABLE | typeof SECPKG_USER_FUNCTION_TABLE,
  implementations: Implementations,
  answers: Answers,
): NativeTable {
  const options = { onError: (name: string, error: unknown) => answers.fault(name, error) };
  return new NativeTable(type as never, implementations, options, SECPKG_INTERFACE_VERSION);
}

function checkDefinition(definition: PackageDefinition<unknown, unknown>): void {
  if (typeof definition !== "object" || definition === null)
    throw new TypeError(`definition: expected an object, got ${definition === null ? "null" : typeof definition}`);
  const { name, comment = "", maxToken, capabilities = [], rpcId = 0, version = 0 } = definition;
  checkText(name, "name", { empty: false });
  checkText(comment, "comment");
  checkUint(maxToken, "maxToken");
  checkUint(rpcId, "rpcId", 0xffff);
  checkUint(version, "version", 0xffff);
  flagBits(SECPKG_FLAG, capabilities, "capabilities");
  if (typeof definition.acquireCredentials !== "function")
    throw new TypeError(`acquireCredentials: expected a function, got ${typeof definition.acquireCredentials}`);
  for (const optional of optionalFunctions) {
    const given: unknown = definition[optional];
    if (given !== undefined && typeof given !== "function")
      throw new TypeError(`${optional}: expected a function, got ${typeof given}`);
  }
}

const optionalFunctions = [
  "initialize",
  "shutdown",
  "freeCredentials",
  "queryCredentials",
  "initContext",
  "acceptContext",
  "deleteContext",
  "openSession",
] as const;
