import { LOGON_GUEST } from "../../generated/ntsecapi/constants.ts";
import type { SharedHandle } from "../memory/index.ts";
import { includesPackage } from "../native/index.ts";
import { SspiError } from "../status/index.ts";
import { type ClaimedIdentity, claimedIdentity } from "./claimed-identity.ts";
import { type Peer, PeerGroupsError, PeerNameError, type PeerOptions } from "./peer.ts";
import { AuthenticatedPeer, clientGroups, windowsName } from "./peer-account.ts";
import { accountOf, type PeerName, parsePeerName } from "./peer-name.ts";
import { queryContext } from "./query-context.ts";

/**
 * Anonymous names of RFC 8062 and of Windows; a localised Windows uses other names, and the flag `nullSession`
 * identifies it.
 */
const anonymous = /^(WELLKNOWN\/ANONYMOUS@.*|.*@WELLKNOWN:ANONYMOUS|NT AUTHORITY\\ANONYMOUS LOGON|ANONYMOUS LOGON)$/i;

/**
 * The client of a complete server context. `proof` tells what its logon has proved, where the package reports a claim;
 * `alive` returns the context and throws once it is closed.
 *
 * @throws PeerNameError
 */
export function clientOf(
  packageName: string,
  context: SharedHandle,
  { form = "mechanism" }: PeerOptions,
  proof: (() => ClaimedIdentity) | undefined,
  alive: () => SharedHandle,
): Peer {
  const { traits, label } = context.provider;
  if (!includesPackage(traits.namesInboundPeer, packageName))
    throw new PeerNameError(`${packageName} of ${label} does not tell who the client is`);
  const ask = traits.inboundPeerAttribute === "names" ? namedClient : identifiedClient;
  const name = nameOf(() => ask(context, proof));
  const shown =
    form === "windows"
      ? windowsName(context, name, () => parsed(queryContext(context, "nativeNames").sServerName).realm)
      : name;
  return new AuthenticatedPeer(shown, chosenPackage(packageName, context), async () => clientGroups(alive()));
}

/** The server of a complete client context with mutual authentication. @throws PeerNameError */
export function serverOf(packageName: string, context: SharedHandle): Peer {
  const name = nameOf(() => parsed(queryContext(context, "nativeNames").sServerName));
  return new AuthenticatedPeer(name, chosenPackage(packageName, context), async () => {
    throw new PeerGroupsError("a server shows who it is, not which groups it is in");
  });
}

function namedClient(context: SharedHandle): PeerName {
  const name = parsed(queryContext(context, "names").sUserName);
  if (isGuest(context)) throw new PeerNameError("it was let in as a guest");
  return name;
}

/**
 * A guest has not proved any identity. The flag is read because the guest account's name depends on the language of
 * Windows.
 */
function isGuest(context: SharedHandle): boolean {
  try {
    return (queryContext(context, "userFlags").UserFlags & LOGON_GUEST) !== 0;
  } catch (error) {
    if (error instanceof SspiError) return false;
    throw error;
  }
}

/** The account and domain that WinPR reports; `proof` if they are looked up in its file of users. */
function identifiedClient(context: SharedHandle, proof: (() => ClaimedIdentity) | undefined): PeerName {
  const { user, domain } = proof ? proof() : claimedIdentity(context);
  if (user === "" && domain === "") throw new PeerNameError("it is anonymous");
  return accountOf(domain, user) ?? refuse(`${domain}\\${user}`);
}

function parsed(text: string): PeerName {
  if (text === "") throw new PeerNameError("it is empty");
  return parsePeerName(text) ?? refuse(text);
}

function refuse(text: string): never {
  throw new PeerNameError(`${JSON.stringify(text.slice(0, 256))} is no qualified name`);
}

function nameOf(read: () => PeerName): PeerName {
  const name = unlessFailed(read);
  if (anonymous.test(name.name)) throw new PeerNameError("it is anonymous");
  return name;
}

function unlessFailed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SspiError) throw new PeerNameError("the package does not tell it", error);
    throw error;
  }
}

/** The package that Negotiate or CredSSP chose, where the provider reports it. */
function chosenPackage(packageName: string, context: SharedHandle): string {
  try {
    return queryContext(context, "negotiationInfo").PackageInfo?.Name || packageName;
  } catch (error) {
    if (error instanceof SspiError) return packageName;
    throw error;
  }
}
