import { checkUint, type OptionNames, readOptions, shapeOf, shownWord } from "../../values/index.ts";
import type { ClientIdentity, Impersonator } from "./surroundings.ts";

/** The caller that packages are told about, and what the host watches. */
export interface HostOptions {
  /** The caller that packages are told about. */
  readonly client?: ClientIdentity;
  /**
   * How `ImpersonateSecurityContext` is carried out; by default Windows' own way on Windows, and not supported
   * elsewhere.
   */
  readonly impersonation?: Impersonator;
  /**
   * Reports on stderr each call of a package that has not returned after this many milliseconds. A package that waits
   * for a thread of its own which calls the host waits for ever, and so does Node. Off by default.
   */
  readonly watchdog?: number;
}

type LogonId = NonNullable<ClientIdentity["logonId"]>;

export const hostOptionNames: OptionNames<HostOptions> = { client: true, impersonation: true, watchdog: true };
const clientNames: OptionNames<ClientIdentity> = {
  logonId: true,
  processId: true,
  hasTcbPrivilege: true,
  impersonating: true,
  callAttributes: true,
};
const logonNames: OptionNames<LogonId> = { LowPart: true, HighPart: true };

/** Returns a checked copy. @throws TypeError or RangeError naming the option that is wrong */
export function readHostOptions(options: HostOptions): HostOptions {
  const given = readOptions<HostOptions>(options, "options", hostOptionNames);
  if (given.impersonation !== undefined) checkImpersonator(given.impersonation);
  return given.client === undefined ? given : { ...given, client: readClient(given.client) };
}

function readClient(client: ClientIdentity): ClientIdentity {
  const given = readOptions<ClientIdentity>(client, "client", clientNames);
  for (const name of ["hasTcbPrivilege", "impersonating"] as const)
    if (given[name] !== undefined && typeof given[name] !== "boolean")
      throw new TypeError(`client.${name}: expected a boolean, got ${shapeOf(given[name])}`);
  for (const name of ["processId", "callAttributes"] as const)
    if (given[name] !== undefined) checkUint(given[name], `client.${name}`);
  if (given.logonId === undefined) return given;
  const { LowPart, HighPart } = readOptions<LogonId>(given.logonId, "client.logonId", logonNames);
  checkUint(LowPart, "client.logonId.LowPart");
  if (!Number.isInteger(HighPart) || HighPart < -0x8000_0000 || HighPart > 0x7fff_ffff)
    throw new RangeError(`client.logonId.HighPart: expected a LONG, got ${shownWord(HighPart, [])}`);
  return { ...given, logonId: { LowPart, HighPart } };
}

/** Checks only the functions that are called, because the impersonator may be an instance of a class. */
function checkImpersonator(impersonation: Impersonator): void {
  for (const name of ["begin", "end"] as const)
    if (typeof (impersonation as Partial<Impersonator> | null)?.[name] !== "function")
      throw new TypeError(`impersonation: expected { begin(), end() }, got ${shapeOf(impersonation)}`);
}
