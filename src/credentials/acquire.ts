import { SECPKG_CRED } from "../../generated/sspi/constants.ts";
import { SEC_E_NO_CREDENTIALS, SEC_E_OK } from "../../generated/status/constants.ts";
import {
  HandleSlot,
  leaseWorkspace,
  releaseUnowned,
  returnWorkspace,
  SharedHandle,
  type Workspace,
  withWorkspace,
  writeWideString,
} from "../memory/index.ts";
import type { SecurityProvider, Turn } from "../native/index.ts";
import { check, failure, isFailure, type SspiError } from "../status/index.ts";
import { Cancellation, dateOfTicks } from "../values/index.ts";
import { hasAuthData, holdCertificates, holdIdentity, wantsTicketFolder, writeAuthData } from "./auth-data.ts";
import { checkAcquireOptions, checkOptions, sharesHandle } from "./check-options.ts";
import type { AcquireOptions, CredentialOptions, Request } from "./credential-options.ts";
import type { CredentialUse } from "./credential-use.ts";
import { acquisitionSource } from "./credssp/credssp-packages.ts";
import { kerberosStore } from "./kerberos-options.ts";
import { type SamFile, samFileFor } from "./sam-file.ts";
import type { SecurityPackage } from "./security-package.ts";
import { TicketFolder } from "./ticket-folder.ts";

/** The result of an acquisition. */
export interface Acquired {
  readonly handle: SharedHandle;
  /**
   * Acquires a native handle for one server context only, whose first user is the caller; undefined if contexts may
   * share {@link handle}.
   */
  readonly separate: (() => SharedHandle) | undefined;
  readonly package: SecurityPackage;
  readonly use: CredentialUse;
  /** Whose credentials they are: the process's own user's, or those of a given identity. */
  readonly identity: "process" | "given";
  readonly expiry: Date | undefined;
  /** Where the server looks its users up; undefined where the package reads no file. */
  readonly samFile: SamFile | undefined;
  /** Whether Schannel leaves the validation of the peer's certificate to the caller. */
  readonly manualValidation: boolean;
}

/** The native call's arguments, after the workspace was filled. */
interface Prepared {
  readonly args: Parameters<SecurityProvider["AcquireCredentialsHandleW"]>;
  readonly slot: HandleSlot;
  /**
   * Releases the certificates. Called when the credential is freed, because certificates must outlive their credential.
   */
  readonly release: (() => void) | undefined;
  /** Where the package should keep the identity's tickets. */
  readonly tickets: TicketFolder | undefined;
  /** Keeps the memory that the call reads alive while this is reachable. */
  readonly store: object | undefined;
  /** Releases the identity that the call reads; called when the call has returned. */
  readonly done: (() => void) | undefined;
}

function prepare(workspace: Workspace, request: Request): Prepared {
  const { arena, expiryAddress } = workspace;
  const { options } = request;
  workspace.clearLeg();
  const principal = options.principal === undefined ? 0 : writeWideString(arena, options.principal).address;
  const name = writeWideString(arena, request.package.name).address;
  const tickets = wantsTicketFolder(request) ? new TicketFolder() : undefined;
  const authData = writeAuthData(arena, request, tickets?.name);
  const store = kerberosStore(options.kerberos);
  const slot = HandleSlot.lease();
  return {
    args: [principal, name, SECPKG_CRED[options.use], 0, authData, 0, store?.address ?? 0, slot.address, expiryAddress],
    store,
    slot,
    tickets,
    release: tickets ? () => tickets.remove() : holdCertificates(options),
    done: holdIdentity(options),
  };
}

function settle(
  workspace: Workspace,
  request: Request,
  { slot, release, tickets }: Prepared,
  status: number,
  call?: Promise<number>,
): Acquired {
  if (status !== SEC_E_OK && !isFailure(status)) releaseUnowned(request.provider, slot, "FreeCredentialsHandle");
  const explain = (failed: number): Error | undefined =>
    acquisitionSource(request.provider, request.package.name).explain?.(failed, call);
  check("AcquireCredentialsHandleW", status, { explain });
  if (tickets?.used === false) throw refuseOtherTickets(request, slot);
  return {
    expiry: dateOfTicks(workspace.expiry),
    handle: new SharedHandle(request.provider, slot, "FreeCredentialsHandle", release),
    separate: sharesHandle(request) ? undefined : () => acquireNow(request).handle,
    package: request.package,
    use: request.options.use,
    identity: request.options.identity === undefined ? "process" : "given",
    samFile: samFileFor(request),
    manualValidation: request.options.schannel?.flags?.includes("credManualCredValidation") ?? false,
  };
}

/** Refuses a credential whose password was not checked: the package has found tickets of that user instead. */
function refuseOtherTickets({ provider }: Request, slot: HandleSlot): SspiError {
  releaseUnowned(provider, slot, "FreeCredentialsHandle");
  const cause = new Error(
    `${provider.label} did not check the password: this process has tickets of that user in memory, or no realm for the user`,
  );
  return failure({ operation: "AcquireCredentialsHandleW", status: SEC_E_NO_CREDENTIALS, cause });
}

/** Releases what was prepared for a credential that was not acquired. */
function abandon(prepared: Prepared | undefined): void {
  prepared?.slot.giveBack();
  prepared?.release?.();
}

export function acquireSync(options: CredentialOptions): Acquired {
  return acquireNow(checkOptions(options));
}

function acquireNow(request: Request): Acquired {
  const acquireIn = (workspace: Workspace): Acquired => {
    let prepared: Prepared | undefined;
    try {
      prepared = prepare(workspace, request);
      return settle(workspace, request, prepared, request.provider.AcquireCredentialsHandleW(...prepared.args));
    } catch (error) {
      abandon(prepared);
      throw error;
    } finally {
      prepared?.done?.();
    }
  };
  return withWorkspace(acquireIn, { secret: true });
}

export async function acquire(options: AcquireOptions): Promise<Acquired> {
  const request = checkAcquireOptions(options);
  const cancellation = Cancellation.of("AcquireCredentialsHandleW", request.options);
  const acquisition = acquireInTurn(request, cancellation);
  // A caller that has stopped waiting cannot close the credential, so it is released here.
  return cancellation ? cancellation.race(acquisition, ({ handle }) => handle.letGo()) : acquisition;
}

async function acquireInTurn(request: Request, cancellation: Cancellation | undefined): Promise<Acquired> {
  const { provider } = request;
  // Identities and certificates are read now, because the caller may change them; without any, no memory is leased
  // before the turn.
  let workspace = hasAuthData(request.options) ? leaseWorkspace() : undefined;
  let prepared: Prepared | undefined;
  let turn: Turn | undefined;
  try {
    if (workspace) prepared = prepare(workspace, request);
    if (provider.takeTurn) turn = await provider.takeTurn("initiating", cancellation);
    workspace ??= leaseWorkspace();
    prepared ??= prepare(workspace, request);
    const call = provider.callAsync("AcquireCredentialsHandleW", ...prepared.args);
    return settle(workspace, request, prepared, await call, call);
  } catch (error) {
    abandon(prepared);
    throw error;
  } finally {
    prepared?.done?.();
    workspace?.arena.wipe();
    if (workspace) returnWorkspace(workspace);
    turn?.end();
  }
}
