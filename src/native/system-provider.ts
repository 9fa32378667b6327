import {
  type BlockingFunction,
  type Provider,
  type ProviderFunction,
  providerSlots,
} from "../../generated/provider.ts";
import { winpr_get_version_string } from "../../generated/winpr/functions.ts";
import { callOffThread } from "./async-calls.ts";
import { absent, bindProvider } from "./bound-provider.ts";
import { FunctionTable } from "./function-table.ts";
import type { NativeFunction } from "./koffi.ts";
import type { Surroundings } from "./library-choice.ts";
import { readAnsiString } from "./memory-access.ts";
import { loadSspiLibrary, type NativeLibrary, systemLibrary } from "./native-library.ts";
import type { ProviderKind, SecurityProvider } from "./security-provider.ts";

const loaded = new Map<string, SecurityProvider>();
const surroundings: Surroundings = process;

/**
 * The SSPI of this machine: secur32.dll on Windows, else WinPR or sspi-rs; `library` (a path or a soname)
 * or the environment variable `SSPI_LIBRARY` choose another one. Loaded once per library.
 *
 * @throws LibraryNotFoundError naming what was tried and what to install.
 */
export function systemProvider(library?: string): SecurityProvider {
  const key = library ?? "";
  let provider = loaded.get(key);
  if (!provider) {
    provider = createSystemProvider(loadSspiLibrary(library, surroundings));
    loaded.set(key, provider);
  }
  return provider;
}

function createSystemProvider(library: NativeLibrary): SecurityProvider {
  const functions = new Map<ProviderFunction, NativeFunction | undefined>();
  let table: FunctionTable | undefined | null = null;
  const tableOf = (): FunctionTable | undefined => {
    if (table === null) table = FunctionTable.of(library);
    return table;
  };
  const resolve = (name: ProviderFunction): NativeFunction | undefined => {
    if (!functions.has(name)) functions.set(name, find(library, tableOf, name));
    return functions.get(name);
  };
  const version = winprVersion(library);
  const kind = kindOf(library, version);
  return Object.assign(bindProvider(resolve), {
    kind,
    label: library.file,
    version,
    // POSIX has no impersonation tokens: a success there can only be pretended.
    impersonates: surroundings.platform === "win32",
    has: (name: ProviderFunction) => resolve(name) !== undefined,
    callAsync<F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number> {
      const native = resolve(name);
      return native ? callOffThread(native, args) : Promise.resolve(absent(name)());
    },
  });
}

/** By export first; by the function table where there is none; from another system DLL where the header says so. */
function find(
  library: NativeLibrary,
  table: () => FunctionTable | undefined,
  name: ProviderFunction,
): NativeFunction | undefined {
  const { declaration, member, since } = providerSlots[name];
  const exported = library.bind(declaration);
  if (exported) return exported;
  const listed = member === undefined ? undefined : table()?.bind(declaration, member, since ?? 1);
  if (listed) return listed;
  for (const dll of declaration.libraries) {
    const bound = systemLibrary(dll, surroundings)?.bind(declaration);
    if (bound) return bound;
  }
  return undefined;
}

function winprVersion(library: NativeLibrary): string | undefined {
  const native = library.bind(winpr_get_version_string);
  return native && readAnsiString(BigInt(native()));
}

function kindOf(library: NativeLibrary, winpr: string | undefined): ProviderKind {
  if (winpr !== undefined) return "winpr";
  if (surroundings.platform === "win32") return "secur32";
  return /sspi/.test(library.file) ? "sspi-rs" : "other";
}
