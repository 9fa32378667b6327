import { includesPackage } from "../native/index.ts";
import type { Request } from "./credential-options.ts";
import { type SamState, samStateAt } from "./sam-state.ts";

/** Where WinPR looks if no file is named. */
const defaultPath = "/etc/winpr/SAM";

/** The users that WinPR's NTLM server knows, which are the lines of a file. */
export class SamFile {
  /** The caller's path, or undefined for the one that WinPR uses by default. */
  readonly given: string | undefined;

  constructor(given: string | undefined) {
    this.given = given;
  }

  /** What the file holds now. */
  state(): SamState {
    return samStateAt(this.given ?? defaultPath);
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
