import { inspect } from "node:util";
import { SECPKG_FLAG } from "../../generated/sspi/constants.ts";
import { SecPkgInfoW } from "../../generated/sspi/structs.ts";
import { SEC_E_SECPKG_NOT_FOUND } from "../../generated/status/constants.ts";
import { hostAbi } from "../ctypes/index.ts";
import { readAndRelease, withWorkspace } from "../memory/index.ts";
import { checkProvider, copyHandedOut, readWideString, type SecurityProvider } from "../native/index.ts";
import { check, failure } from "../status/index.ts";
import { checkMadeHere, flagNames, madeHere, shownWord } from "../values/index.ts";
import { credsspElsewhere, isCredssp } from "./credssp/credssp-packages.ts";
import { packageTable } from "./package-table.ts";
import { machineProviders } from "./provider-for.ts";
import type { SecurityPackage } from "./security-package.ts";

let listOf: (entries: Iterable<SecurityPackage>) => SecurityPackages;

/** A list of packages that a REPL prints as a table. */
export class SecurityPackages extends Array<SecurityPackage> {
  private constructor(key: typeof madeHere, entries: Iterable<SecurityPackage>) {
    checkMadeHere(key, "SecurityPackages: use packages()");
    super();
    for (const entry of entries) this.push(entry);
  }

  static {
    listOf = (entries) => new SecurityPackages(madeHere, entries);
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  [inspect.custom](): string {
    return packageTable(this);
  }
}

/**
 * The security packages of a provider. Without an argument: all packages that credentials can be acquired for, each
 * from the library that would be chosen for it. Memory that a provider allocated for the result is freed.
 *
 * @throws SspiError
 * @see EnumerateSecurityPackagesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-enumeratesecuritypackagesw
 */
export function packages(provider?: SecurityProvider): SecurityPackages {
  if (provider !== undefined) return listOf(packagesOf(checkProvider(provider)));
  const list: SecurityPackage[] = [];
  for (const entry of machineProviders().flatMap(packagesOf)) if (!named(list, entry.name)) list.push(entry);
  return listOf(list);
}

function packagesOf(provider: SecurityProvider): readonly SecurityPackage[] {
  return withWorkspace((workspace) => {
    workspace.clearPointer();
    const { countAddress, pointerAddress } = workspace;
    check("EnumerateSecurityPackagesW", provider.EnumerateSecurityPackagesW(countAddress, pointerAddress), provider);
    const { count, pointer } = workspace;
    if (pointer === 0) return [];
    return readAndRelease(provider, "FreeContextBuffer", pointer, () => readPackages(pointer, count, provider.label));
  });
}

function readPackages(address: number, count: number, library: string): readonly SecurityPackage[] {
  const { size } = SecPkgInfoW.layouts[hostAbi];
  const view = new DataView(copyHandedOut(address, count * size).buffer);
  const list: SecurityPackage[] = [];
  for (let index = 0; index < count; index += 1) {
    const info = SecPkgInfoW.read(view, index * size);
    list.push({
      name: readWideString(info.Name),
      comment: readWideString(info.Comment),
      capabilities: flagNames(SECPKG_FLAG, info.fCapabilities),
      maxToken: info.cbMaxToken,
      version: info.wVersion,
      rpcId: info.wRPCID,
      library,
    });
  }
  return list;
}

/** Names that an error may repeat if the provider does not have the package: any other name could be a secret. */
const common = ["Negotiate", "Kerberos", "NTLM", "Schannel", "CREDSSP"];

function named(list: readonly SecurityPackage[], name: string): SecurityPackage | undefined {
  for (const entry of list) if (entry.name === name) return entry;
  const wanted = name.toLowerCase();
  return list.find((entry) => entry.name.toLowerCase() === wanted);
}

const known = new WeakMap<SecurityProvider, readonly SecurityPackage[]>();

/** Finds a package by name, ignoring case; lists the packages again before reporting the name as unknown. */
export function findPackage(provider: SecurityProvider, name: string): SecurityPackage {
  const cached = named(known.get(provider) ?? [], name);
  if (cached) return cached;
  const list = packagesOf(provider);
  known.set(provider, list);
  const found = named(list, name);
  if (found) return found;
  const names = list.map((entry) => entry.name).join(", ");
  const advice = isCredssp(name) ? `; ${credsspElsewhere}` : "";
  const cause = new RangeError(
    `package: ${provider.label} has ${names}; got ${shownWord(name, [...list.map((entry) => entry.name), ...common])}${advice}`,
  );
  throw failure({ operation: "AcquireCredentialsHandleW", status: SEC_E_SECPKG_NOT_FOUND, cause });
}
