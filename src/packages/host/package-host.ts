import { inspect } from "node:util";
import type { BlockingFunction, Provider } from "../../../generated/provider.ts";
import { SECPKG_FLAG, type SecpkgFlag } from "../../../generated/sspi/constants.ts";
import { DisposedError, originOf } from "../../memory/index.ts";
import { assembleProvider, documentedTraits, ownProvider, type SecurityProvider } from "../../native/index.ts";
import { isFailure, statusFact } from "../../status/index.ts";
import { checkText, checkUint, flagNames } from "../../values/index.ts";
import { refuseCalls } from "./closed-host.ts";
import { contextFunctions, deletePackageContext } from "./context-functions.ts";
import { credentialFunctions, freeCredential } from "./credential-functions.ts";
import type { DiagnosticsReport } from "./diagnostics.ts";
import { PackageLoadError } from "./errors.ts";
import { HostCore } from "./host-core.ts";
import { type HostOptions, readHostOptions } from "./host-options.ts";
import { HostedPackage } from "./hosted-package.ts";
import { systemImpersonation, tokenFunctions } from "./impersonation.ts";
import { legFunctions } from "./leg-functions.ts";
import { LsaTables } from "./lsa-tables.ts";
import { messageFunctions } from "./message-functions.ts";
import { checkEntryPoints, readModuleOptions } from "./module-arguments.ts";
import { callPackage, type PackageCallOptions } from "./package-calls.ts";
import { packageFunctions } from "./package-functions.ts";
import { type EntryPoints, type ModuleOptions, openModule, readModule } from "./package-module.ts";
import type { Impersonator } from "./surroundings.ts";
import { Watchdog } from "./watchdog.ts";

/** A package that a host has loaded. */
export interface LoadedPackage {
  /** The name that callers acquire credentials with. */
  readonly name: string;
  /** The package's description of itself. */
  readonly comment: string;
  /** `SECPKG_FLAG_*` by name. */
  readonly capabilities: readonly SecpkgFlag[];
  /** The largest token of a leg, in bytes. */
  readonly maxToken: number;
  /** The file of the package, or its own name if it is written in TypeScript. */
  readonly module: string;
}

/**
 * Loads security packages into this process the way LSA loads them, and makes an SSPI provider of them: pass `provider`
 * wherever a provider is accepted. Packages run on this thread, with its rights: a package that crashes ends the
 * process, and a package that waits in a call for a thread of its own which calls the host waits for ever. Microsoft's
 * own packages need LSASS around them and are not expected to run here.
 */
export class PackageHost implements Disposable {
  /** The hosted packages as a provider. Calls "off the event loop" run on it, because packages may call JavaScript. */
  readonly provider: SecurityProvider;
  readonly #core: HostCore;
  readonly #tables: LsaTables;
  readonly #watchdog: Watchdog | undefined;
  readonly #origin = originOf("PackageHost");
  #id = 0;

  /** @throws TypeError or RangeError for a watchdog that is not a number of milliseconds. */
  constructor(options: HostOptions = {}) {
    const { client, impersonation, watchdog } = readHostOptions(options);
    if (watchdog !== undefined && checkUint(watchdog, "watchdog") === 0)
      throw new RangeError("watchdog: expected milliseconds, got 0");
    this.#watchdog = watchdog === undefined ? undefined : new Watchdog(watchdog);
    this.#core = new HostCore(client ?? {}, this.#watchdog);
    this.#tables = new LsaTables(this.#core);
    this.provider = createProvider(this.#core, impersonation ?? systemImpersonation());
  }

  /**
   * Loads a `.dll` or `.so`: calls SpLsaModeInitialize and SpUserModeInitialize, then for each of its packages
   * InitializePackage, Initialize, GetInfo and InstanceInit. The library stays in the process.
   *
   * @throws PackageLoadError if the file is not a package, or the package refuses, or its name is taken; no package of
   *   it stays.
   * @see SpLsaModeInitializeFn https://learn.microsoft.com/windows/win32/api/ntsecpkg/nc-ntsecpkg-splsamodeinitializefn
   */
  load(file: string, options: ModuleOptions = {}): readonly LoadedPackage[] {
    checkText(file, "file", { empty: false });
    const given = readModuleOptions(options);
    this.#refuseClosed();
    return this.#start(openModule(file), given);
  }

  /**
   * Loads a package through pointers to its entry points, such as the result of `definePackage`. Close the host before
   * the package.
   *
   * @throws PackageLoadError as {@link load} does; TypeError or RangeError for values that are not pointers.
   * @see SpLsaModeInitializeFn https://learn.microsoft.com/windows/win32/api/ntsecpkg/nc-ntsecpkg-splsamodeinitializefn
   */
  add(module: EntryPoints, options: ModuleOptions = {}): readonly LoadedPackage[] {
    const given = readModuleOptions(options);
    this.#refuseClosed();
    return this.#start(checkEntryPoints(module), given);
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#core.closed;
  }

  /** The loaded packages, in order of loading. */
  get packages(): readonly LoadedPackage[] {
    return this.#core.packages.map(loaded);
  }

  /** The names of the packages that may be negotiated (`SECPKG_FLAG_NEGOTIABLE`), in order of loading. */
  get negotiable(): readonly string[] {
    return this.packages.filter(({ capabilities }) => capabilities.includes("negotiable")).map(({ name }) => name);
  }

  /**
   * Sends a package a message of its own protocol and returns the reply, as `LsaCallAuthenticationPackage` does.
   *
   * @throws SspiError with the status of the call, or of the message, as the package returned it; with
   *   `STATUS_NO_SUCH_PACKAGE` or `STATUS_NOT_SUPPORTED` if no package can be called.
   * @see LsaCallAuthenticationPackage https://learn.microsoft.com/windows/win32/api/ntsecapi/nf-ntsecapi-lsacallauthenticationpackage
   */
  callPackage(name: string, message: Uint8Array, options: PackageCallOptions = {}): Buffer {
    this.#refuseClosed();
    return callPackage(this.#core, name, message, options);
  }

  /**
   * Makes one allocation fail as if memory had run out: the first one after `succeeding` others. This counts a
   * package's allocations through the LSA's tables and the host's own for a package. For tests of how a package behaves
   * and what it leaves allocated.
   *
   * @throws TypeError or RangeError for anything but a whole number, DisposedError after {@link close}.
   */
  failAllocation(succeeding = 0): void {
    this.#refuseClosed();
    this.#core.heap.failAfter(checkUint(succeeding, "succeeding"));
  }

  /** What the host has recorded about its packages. Memory still held after `close` is leaked. */
  diagnostics(): DiagnosticsReport {
    return this.#core.report();
  }

  /**
   * Deletes open handles, shuts every package down, and releases the function tables. Harmless when repeated.
   *
   * @throws Error while a package is being called.
   * @see SpShutdownFn https://learn.microsoft.com/windows/win32/api/ntsecpkg/nc-ntsecpkg-spshutdownfn
   */
  close(): void {
    const core = this.#core;
    if (core.closed) return;
    if (core.current) throw new Error(`PackageHost: ${core.current.name} is being called and cannot be shut down now`);
    core.closed = true;
    for (const context of core.contexts.drain()) deletePackageContext(core, context);
    for (const credential of core.credentials.drain()) freeCredential(core, credential);
    for (const hosted of core.packages.splice(0).reverse()) this.#stop(hosted);
    this.#tables.release();
    this.#watchdog?.close();
    refuseCalls(this.provider, () => this.#refuse());
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `PackageHost { ${this.packages.map(({ name }) => name).join(", ")}${this.#core.closed ? "closed" : ""} }`;
  }

  #refuseClosed(): void {
    if (this.#core.closed) this.#refuse();
  }

  #refuse(): never {
    throw new DisposedError("PackageHost", this.#origin);
  }

  /** Starts all packages of a module, or none. */
  #start(module: EntryPoints, options: ModuleOptions): readonly LoadedPackage[] {
    const started: HostedPackage[] = [];
    try {
      for (const tables of readModule(module, options)) {
        this.#id += 1;
        const hosted = new HostedPackage(module, this.#id, tables, options);
        this.#core.within(hosted, () => hosted.start(this.#tables, this.#core.heap, options.initializePackage ?? true));
        started.push(hosted);
        this.#checkName(hosted, started);
      }
    } catch (error) {
      for (const hosted of started.reverse()) this.#stop(hosted);
      throw error;
    }
    this.#core.packages.push(...started);
    return started.map(loaded);
  }

  #checkName(hosted: HostedPackage, started: readonly HostedPackage[]): void {
    const name = hosted.name.toLowerCase();
    const other = [...this.#core.packages, ...started].find(
      (candidate) => candidate !== hosted && candidate.name.toLowerCase() === name,
    );
    if (!other) return;
    throw new PackageLoadError(hosted.module, `there is a package "${other.name}" already, from ${other.module}`);
  }

  #stop(hosted: HostedPackage): void {
    this.#core.within(hosted, () => {
      const answer = hosted.stop();
      if (isFailure(answer)) this.#core.diagnostics.misdeed("refused", `Shutdown answered ${statusFact(answer).code}`);
    });
  }
}

function loaded({ info, module }: HostedPackage): LoadedPackage {
  const { name, comment, maxToken } = info;
  return { name, comment, capabilities: flagNames(SECPKG_FLAG, info.capabilities), maxToken, module };
}

function createProvider(core: HostCore, impersonation: Impersonator | undefined): SecurityProvider {
  const functions: Partial<Provider> = {
    ...packageFunctions(core),
    ...credentialFunctions(core),
    ...legFunctions(core),
    ...contextFunctions(core),
    ...messageFunctions(core),
    ...tokenFunctions(core, impersonation),
  };
  const provider = assembleProvider(functions, {
    kind: "host",
    label: "a package host",
    version: undefined,
    // The package decides what happens to the data that the host passes on, so its documented behavior is assumed.
    traits: { ...documentedTraits, impersonates: impersonation !== undefined, credsspAuthData: "any" },
    callAsync<F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number> {
      const call = (async () => (provider[name] as (...args: Parameters<Provider[F]>) => number)(...args))();
      // The function has already run by now, and no other call has run after it.
      const { latest } = core.explanations;
      return core.explanations.keep(call, () => latest);
    },
    explain: (status, call) => core.explanations.of(status, call),
  });
  return ownProvider(provider);
}
