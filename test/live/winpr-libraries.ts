import { readRecord } from "../../scripts/provision/record.ts";
import { LibraryNotFoundError, type SecurityProvider, systemProvider } from "../../src/index.ts";

/** The libraries that the live suites run on, except on Windows. */
export const winprLibraries = ["libwinpr2.so.2", "libwinpr3.so.3"] as const;

export type WinprLibrary = (typeof winprLibraries)[number];

/** The reason why a library is missing; undefined where it exists. */
export function whyMissing(library: WinprLibrary): string | undefined {
  if (open(library)) return undefined;
  const { absent, backported } = readRecord();
  if (absent.includes(library)) return `this distribution has no ${library}`;
  return `${library} is missing: npm run provision${backported.includes(library) ? " -- --backports" : ""}`;
}

/**
 * A WinPR. Where it is missing the suites on it are left out, and `libraries.test.ts` shows this; with `CI` set that is
 * an error instead, unless `npm run provision` found that the distribution has none.
 */
export function winpr(library: WinprLibrary): SecurityProvider | undefined {
  const provider = open(library);
  if (!provider && process.env["CI"] && !readRecord().absent.includes(library)) throw new Error(whyMissing(library));
  return provider;
}

function open(library: WinprLibrary): SecurityProvider | undefined {
  try {
    return systemProvider(library);
  } catch (error) {
    if (error instanceof LibraryNotFoundError) return undefined;
    throw error;
  }
}
