import { DisposedError, originOf } from "../../memory/index.ts";
import { checkArray, checkText, checkUint } from "../../values/index.ts";
import type { PackageFault } from "./answers.ts";
import { readDefinition } from "./check-definition.ts";
import type { PackageDefinition } from "./definition.ts";
import { ModuleTables, type WrittenPackage } from "./module-tables.ts";

/** How many handles of a package are open. */
export interface OpenHandles {
  /** Credentials that are acquired and not yet freed. */
  readonly credentials: number;
  /** Contexts whose exchange has begun and that are not yet deleted. */
  readonly contexts: number;
  /** Sessions of complete contexts that are not yet closed. */
  readonly sessions: number;
}

/** The public state of a package written in TypeScript. */
export interface DefinedPackageState {
  /** The package's name. */
  readonly name: string;
  /** Errors of the definition's functions, the last hundred: each is an error that no caller saw. */
  readonly faults: readonly PackageFault[];
  /** How many of its handles are open. */
  readonly open: OpenHandles;
}

/**
 * Security packages whose functions are TypeScript, in one module. `SpLsaModeInitialize` and `SpUserModeInitialize` are
 * real function pointers: a `PackageHost` takes this object directly, and any other host in this process can call them.
 * They must be called on this thread only.
 */
export class DefinedPackages implements Disposable {
  /** The names of its packages. */
  readonly name: string;
  /** The state of each package. */
  readonly packages: readonly DefinedPackageState[];
  readonly #tables: ModuleTables;
  readonly #origin = originOf("DefinedPackages");

  /** @throws TypeError or RangeError naming what is wrong with the definitions. */
  constructor(definitions: readonly AnyDefinition[]) {
    const given = readDefinitions(definitions);
    this.#tables = new ModuleTables(given);
    this.name = given.map(({ name }) => name).join(", ");
    this.packages = this.#tables.packages.map(stateOf);
  }

  /** Pointer to the `SpLsaModeInitializeFn`. @throws DisposedError after close */
  get SpLsaModeInitialize(): bigint {
    const { lsaEntry } = this.#tables;
    if (lsaEntry === undefined) throw new DisposedError(`The package ${this.name}`, this.#origin);
    return lsaEntry;
  }

  /**
   * Pointer to the `SpUserModeInitializeFn`; undefined if no package has sessions.
   *
   * @throws DisposedError after close
   */
  get SpUserModeInitialize(): bigint | undefined {
    if (this.closed) throw new DisposedError(`The package ${this.name}`, this.#origin);
    return this.#tables.userEntry;
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#tables.lsaEntry === undefined;
  }

  /**
   * The last error that one of the packages threw, if the caller got `status` for it. A host adds it as the cause of
   * the failure, because a status carries no message.
   */
  explain(packageName: string, status: number): Error | undefined {
    checkText(packageName, "packageName");
    checkUint(status, "status");
    const thrower = this.#tables.packages.find(({ parts }) => parts.definition.name === packageName);
    return thrower?.parts.answers.explain(status);
  }

  /**
   * Releases the function pointers: they must not be called afterwards. Harmless when repeated.
   *
   * @throws Error while a host has a package loaded: close the host first.
   */
  close(): void {
    const loaded = this.#tables.packages.find(({ parts }) => parts.services.attached);
    if (loaded)
      throw new Error(`${loaded.parts.definition.name}: the package is still loaded by a host; close the host first`);
    this.#tables.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** {@link DefinedPackages} of one package. */
export class DefinedPackage<Credential = unknown, Context = unknown>
  extends DefinedPackages
  implements DefinedPackageState
{
  /** @throws TypeError or RangeError naming what is wrong with the definition. */
  constructor(definition: PackageDefinition<Credential, Context>) {
    super([definition as AnyDefinition]);
  }

  /** Errors of the definition's functions, the last hundred: each is an error that no caller saw. */
  get faults(): readonly PackageFault[] {
    return this.#only.faults;
  }

  /** How many handles are open. */
  get open(): OpenHandles {
    return this.#only.open;
  }

  get #only(): DefinedPackageState {
    return this.packages[0] as DefinedPackageState;
  }
}

/**
 * Makes a security package from a few functions, which are called with the definition as `this`. The definition is
 * copied: later changes to it have no effect. The caller closes the package, after its host.
 *
 * @throws TypeError or RangeError naming what is wrong with the definition.
 * @see SpLsaModeInitializeFn https://learn.microsoft.com/windows/win32/api/ntsecpkg/nc-ntsecpkg-splsamodeinitializefn
 */
export function definePackage<Credential, Context>(
  definition: PackageDefinition<Credential, Context>,
): DefinedPackage<Credential, Context> {
  return new DefinedPackage(definition);
}

/**
 * Makes a module of several security packages, as a DLL may hold several. The caller closes it, after its host.
 *
 * @throws TypeError or RangeError naming the wrong definition and what is wrong with it; two of one name are refused.
 * @see SpLsaModeInitializeFn https://learn.microsoft.com/windows/win32/api/ntsecpkg/nc-ntsecpkg-splsamodeinitializefn
 */
export function definePackages(definitions: readonly PackageDefinition<unknown, unknown>[]): DefinedPackages {
  return new DefinedPackages(definitions);
}

type AnyDefinition = PackageDefinition<unknown, unknown>;

function readDefinitions(given: readonly AnyDefinition[]): readonly AnyDefinition[] {
  const definitions = checkArray<AnyDefinition>(given, "definitions", "an array of definitions of packages");
  if (definitions.length === 0)
    throw new RangeError("definitions: expected at least one definition of a package, got none");
  const names = new Set<string>();
  return definitions.map((one, index) => {
    const definition = readDefinition(one, definitions.length > 1 ? `definitions[${index}]` : undefined);
    const name = definition.name.toLowerCase();
    if (names.has(name)) throw new RangeError(`definitions[${index}]: there is a package "${definition.name}" already`);
    names.add(name);
    return definition;
  });
}

function stateOf({ parts: { definition, answers }, lsa, user }: WrittenPackage): DefinedPackageState {
  return {
    name: definition.name,
    get faults() {
      return [...answers.faults];
    },
    get open() {
      return { credentials: lsa.credentials.count, contexts: lsa.contexts.count, sessions: user.sessions.count };
    },
  };
}
