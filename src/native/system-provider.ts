import {
  type BlockingFunction,
  type Provider,
  type ProviderFunction,
  providerSlots,
} from "../../generated/provider.ts";
import { checkText } from "../values/index.ts";
import { callOffThread } from "./async-calls.ts";
import { absent, bindProvider } from "./bound-provider.ts";
import { ownProvider } from "./check-provider.ts";
import { traitsOfLibrary } from "./known-traits.ts";
import { libraryOfEnvironment } from "./library-choice.ts";
import type { SecurityProvider } from "./security-provider.ts";
import { libraryNamed, type SspiLibrary } from "./sspi-library.ts";
import { takeTurn } from "./turns.ts";
import { isWine } from "./wine.ts";

const providers = new WeakMap<SspiLibrary, SecurityProvider>();

/**
 * The SSPI of this machine: secur32.dll on Windows, else WinPR or sspi-rs; `library` (a path or a soname) or the
 * environment variable `SSPI_LIBRARY` choose another one. Each library is loaded once.
 *
 * @throws LibraryNotFoundError naming what was tried and what to install.
 */
export function systemProvider(library?: string): SecurityProvider {
  if (library !== undefined) checkText(library, "library", { empty: false });
  return providerNamed(library ?? libraryOfEnvironment());
}

/**
 * The provider of the library with a name, or without one of the system's; {@link systemProvider} for a caller who has
 * read the environment already.
 *
 * @throws LibraryNotFoundError
 */
export function providerNamed(named: string | undefined): SecurityProvider {
  const chosen = libraryNamed(named);
  let provider = providers.get(chosen);
  if (!provider) {
    provider = createProvider(chosen);
    providers.set(chosen, provider);
  }
  return provider;
}

function createProvider(library: SspiLibrary): SecurityProvider {
  const resolve = (name: ProviderFunction) => library.find(providerSlots[name].declaration);
  return ownProvider(
    bindProvider(resolve, {
      kind: library.kind,
      label: library.file,
      version: library.version,
      traits: traitsOfLibrary(library.kind, library.version, isWine),
      has: (name: ProviderFunction) => resolve(name) !== undefined,
      takeTurn,
      callAsync<F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number> {
        const native = resolve(name);
        return native ? callOffThread(native, args) : Promise.resolve(absent(name)());
      },
    }),
  );
}
