import { checkUint, type OptionNames, readOptions, shapeOf, shownWord } from "../../values/index.ts";
import type { ClientIdentity, Impersonator } from "./surroundings.ts";

/** Who packages are told that calls them, and what the host watches. */
export interface HostOptions {
  /** Who packages are told that their caller is. */
  readonly client?: ClientIdentity;
  /** How `ImpersonateSecurityContext` is carried out; Windows' own way there, and not at all elsewhere. */
  readonly impersonation?: Impersonator;
  /**
   * Tells on stderr of a call of a package that has not returned for so many milliseconds: a package that waits for a
   * thread of its own which calls the host waits for ever, and so does Node. Nobody watches where it is not said.
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

/** A checked copy. @throws TypeError or RangeError naming the option that is wrong */
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

/** It may be of a class, so only what is called is looked at. */
function checkImpersonator(impersonation: Impersonator): void {
  for (const name of ["begin", "end"] as const)
    if (typeof (impersonation as Partial<Impersonator> | null)?.[name] !== "function")
      throw new TypeError(`impersonation: expected { begin(), end() }, got ${shapeOf(impersonation)}`);
}
