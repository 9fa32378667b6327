import { SECPKG_CRED } from "../../generated/sspi/constants.ts";
import {
  type Arena,
  checkName,
  checkText,
  dateOfTicks,
  HandleSlot,
  leaseWorkspace,
  type Room,
  returnWorkspace,
  SharedHandle,
  type Workspace,
  writeWideString,
} from "../memory/index.ts";
import { type SecurityProvider, systemProvider } from "../native/index.ts";
import { check } from "../status/index.ts";
import { checkIdentity, type Identity, writeIdentity, writeWinprIdentity } from "./identity.ts";
import { findPackage, type SecurityPackage } from "./security-packages.ts";

/** `fCredentialUse`: `inbound` to accept (a server), `outbound` to initiate (a client), or `both`. */
export type CredentialUse = "inbound" | "outbound" | "both";

export interface CredentialOptions {
  /** A package's name: `"Negotiate"`, `"Kerberos"`, `"NTLM"` … */
  readonly package: string;
  readonly use: CredentialUse;
  /** Left out: the user that the process runs as. */
  readonly identity?: Identity;
  /** `pszPrincipal`; most packages want it left out. */
  readonly principal?: string;
  /** WinPR's NTLM server only: the SAM file (`user:domain:lm:nthash:::` lines) it looks its users up in. */
  readonly samFile?: string;
  /** Whose SSPI; the machine's by default. */
  readonly provider?: SecurityProvider;
}

/** What an acquisition hands over. */
export interface Acquired {
  readonly handle: SharedHandle;
  readonly package: SecurityPackage;
  readonly use: CredentialUse;
  readonly expiry: Date | undefined;
  readonly samFile: string | undefined;
}

interface Request {
  readonly provider: SecurityProvider;
  readonly package: SecurityPackage;
  readonly options: CredentialOptions;
}

function checkOptions(options: CredentialOptions): Request {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`options: expected { package, use, … }, got ${options === null ? "null" : typeof options}`);
  const { provider = systemProvider(), samFile } = options;
  checkText(options.package, "package", { empty: false });
  checkName(options.use, "use", ["inbound", "outbound", "both"]);
  if (options.principal !== undefined) checkText(options.principal, "principal", { empty: false });
  if (options.identity !== undefined) checkIdentity(options.identity);
  if (samFile !== undefined) {
    checkText(samFile, "samFile", { empty: false });
    if (provider.kind !== "winpr") throw new RangeError(`samFile: only WinPR reads a SAM file, not ${provider.label}`);
  }
  return { provider, package: findPackage(provider, options.package), options };
}

/** The native call's arguments, after the workspace was filled. */
interface Prepared {
  readonly args: Parameters<SecurityProvider["AcquireCredentialsHandleW"]>;
  readonly slot: HandleSlot;
}

function prepare(workspace: Workspace, request: Request): Prepared {
  const { arena, expiryAddress } = workspace;
  const { options } = request;
  workspace.clearLeg();
  const principal = options.principal === undefined ? 0 : writeWideString(arena, options.principal).address;
  const name = writeWideString(arena, request.package.name).address;
  const authData = writeAuthData(arena, request)?.address ?? 0;
  const slot = HandleSlot.lease();
  return {
    args: [principal, name, SECPKG_CRED[options.use], 0, authData, 0, 0, slot.address, expiryAddress],
    slot,
  };
}

function writeAuthData(arena: Arena, { provider, options }: Request): Room | undefined {
  const { identity, samFile } = options;
  // WinPR 2 takes the SAM file as a context attribute instead: the server context sets it there.
  if (samFile !== undefined && readsSettings(provider)) return writeWinprIdentity(arena, identity, samFile);
  return identity && writeIdentity(arena, identity);
}

/** WinPR takes its settings in the identity from version 3 on. */
export function readsSettings(provider: SecurityProvider): boolean {
  return provider.kind === "winpr" && Number.parseInt(provider.version ?? "0", 10) >= 3;
}

function settle(workspace: Workspace, request: Request, slot: HandleSlot, status: number): Acquired {
  try {
    check("AcquireCredentialsHandleW", status);
  } catch (error) {
    slot.giveBack();
    throw error;
  }
  return {
    handle: new SharedHandle(request.provider, slot, "FreeCredentialsHandle"),
    package: request.package,
    use: request.options.use,
    expiry: dateOfTicks(workspace.expiry),
    samFile: request.options.samFile,
  };
}

export function acquire(options: CredentialOptions): Acquired {
  const request = checkOptions(options);
  const workspace = leaseWorkspace();
  try {
    const { args, slot } = prepare(workspace, request);
    const status = request.provider.AcquireCredentialsHandleW(...args);
    return settle(workspace, request, slot, status);
  } finally {
    workspace.arena.wipe();
    returnWorkspace(workspace);
  }
}

export async function acquireAsync(options: CredentialOptions): Promise<Acquired> {
  const request = checkOptions(options);
  const workspace = leaseWorkspace();
  try {
    const { args, slot } = prepare(workspace, request);
    const status = await request.provider.callAsync("AcquireCredentialsHandleW", ...args);
    return settle(workspace, request, slot, status);
  } finally {
    workspace.arena.wipe();
    returnWorkspace(workspace);
  }
}
