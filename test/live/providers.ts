import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SecurityProvider, systemProvider } from "../../src/index.ts";

/** The libraries that the live suites run on. `required`: the README's `provision` installs it. */
const libraries = [
  { library: "libwinpr2.so.2", required: true },
  { library: "libwinpr3.so.3", required: false },
] as const;

/** The SSPI libraries of this machine. With `CI` set a missing required one is a failure, without it too: nothing is skipped silently. */
export const providers: readonly SecurityProvider[] = libraries.flatMap(({ library, required }) => {
  try {
    return [systemProvider(library)];
  } catch (error) {
    if (required) throw new Error(`${library} is missing: npm run provision`, { cause: error });
    return [];
  }
});

/** alice's password is "userpw". */
export const alice = { user: "alice", domain: "", password: "userpw" } as const;

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-"));

/** A SAM file with alice's NT hash (MD4 of her password in UTF-16LE). */
export const samFile = join(folder, "SAM");
writeFileSync(samFile, "alice:::2e24f97bff26b2458887a9b16a3c2c39:::\n");
