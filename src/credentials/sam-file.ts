import { type BigIntStats, closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { includesPackage } from "../native/index.ts";
import type { Request } from "./credential-options.ts";
import { parseSam, type SamLine } from "./sam-lines.ts";

/** Where WinPR looks if no file is named. */
const defaultPath = "/etc/winpr/SAM";

/** What the file held at one moment. */
export interface SamState {
  /** Equal texts mean that the file has not changed in between. */
  readonly version: string;
  /** The users in the order of the file. */
  readonly lines: readonly SamLine[];
  /** Why the file could not be read. */
  readonly error?: NodeJS.ErrnoException;
}

/** The users that WinPR's NTLM server knows, which are the lines of a file. */
export class SamFile {
  /** The caller's path, or undefined for the one that WinPR uses by default. */
  readonly given: string | undefined;
  #last: SamState | undefined;

  constructor(given: string | undefined) {
    this.given = given;
  }

  /** The file as WinPR would read it now. */
  state(): SamState {
    const path = this.given ?? defaultPath;
    try {
      if (this.#last?.version !== versionOf(statSync(path, { bigint: true }))) this.#last = readState(path);
      return this.#last as SamState;
    } catch (error) {
      return { version: "", lines: [], error: error as NodeJS.ErrnoException };
    }
  }

  /** Explains why WinPR may have found no user, which WinPR itself does not: its file of users cannot be read. */
  explain(): Error | undefined {
    if (this.given === undefined) return undefined;
    const { error } = this.state();
    return error && new Error(`winpr.samFile: ${JSON.stringify(this.given)} cannot be read`, { cause: error });
  }
}

/** The file in which the server of a credential looks its users up; undefined where it has none. */
export function samFileFor({ provider, options, package: { name } }: Request): SamFile | undefined {
  if (options.use === "outbound" || provider.traits.samFile === "none") return undefined;
  return looksUsersUp(name) ? new SamFile(options.winpr?.samFile) : undefined;
}

/** Whether a package's server may look its users up in a file: Negotiate may choose NTLM, and Kerberos never does. */
export function looksUsersUp(name: string): boolean {
  return !includesPackage(["Kerberos"], name);
}

function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join();
}

/** Reads the version and the lines of one file: another may get its name in between. */
function readState(path: string): SamState {
  const file = openSync(path, "r");
  try {
    const version = versionOf(fstatSync(file, { bigint: true }));
    const bytes = readFileSync(file);
    try {
      return { version, lines: parseSam(bytes) };
    } finally {
      bytes.fill(0);
    }
  } finally {
    closeSync(file);
  }
}
