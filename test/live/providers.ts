import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CredentialOptions, type SecurityProvider, type StatusCode, systemProvider } from "../../src/index.ts";

/** The libraries that the live suites run on. `required`: the README's `provision` installs it. */
const libraries = [
  { library: "libwinpr2.so.2", required: true },
  { library: "libwinpr3.so.3", required: false },
] as const;

const windows = process.platform === "win32";

/** The SSPI libraries of this machine. With `CI` set a missing required one is a failure, without it too: nothing is skipped silently. */
export const providers: readonly SecurityProvider[] = windows ? [systemProvider()] : libraries.flatMap(winpr);

function winpr({ library, required }: (typeof libraries)[number]): SecurityProvider[] {
  try {
    return [systemProvider(library)];
  } catch (error) {
    if (required) throw new Error(`${library} is missing: npm run provision`, { cause: error });
    return [];
  }
}

/** What NTLM can do here. What it cannot is asserted to fail in the way that is said here. */
export interface NtlmFacts {
  /** What its server looks its users up in; left out where the system knows them. */
  readonly server: Pick<CredentialOptions, "samFile">;
  /** How it refuses what the peer has sealed; undefined where it opens it. */
  readonly refusesMessages: StatusCode | undefined;
  /** Whether exchanges may have legs under way at the same time. */
  readonly concurrent: boolean;
}

/**
 * WinPR has users in a file. Wine has them in winbindd, and each side of each exchange in an `ntlm_auth` process: its
 * two sides come to keys that differ, and legs fail when others run on other threads at the same time.
 */
export function ntlmFacts({ kind }: SecurityProvider): NtlmFacts {
  if (kind === "winpr") return { server: { samFile }, refusesMessages: undefined, concurrent: true };
  return { server: {}, refusesMessages: "SEC_E_MESSAGE_ALTERED", concurrent: false };
}

/** alice's password is "userpw". */
export const alice = { user: "alice", domain: "", password: "userpw" } as const;

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-"));

/** A SAM file with alice's NT hash (MD4 of her password in UTF-16LE). */
export const samFile = join(folder, "SAM");
writeFileSync(samFile, "alice:::2e24f97bff26b2458887a9b16a3c2c39:::\n");
