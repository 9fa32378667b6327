import { SEC_E_LOGON_DENIED } from "../../../generated/status/constants.ts";
import { SECPKG_ATTR_AUTH_NTLM_SAM_FILE } from "../../../generated/winpr/constants.ts";
import { type Acquired, isUnchanged, provingLine, type SamLine, type SamState } from "../../credentials/index.ts";
import { type SharedHandle, withWorkspace } from "../../memory/index.ts";
import { includesPackage } from "../../native/index.ts";
import { check, failure, type SspiError } from "../../status/index.ts";
import { type ClaimedIdentity, claimedIdentity } from "../claimed-identity.ts";
import { PeerNameError } from "../peer.ts";

/** Tells the account and domain that a line of the file of users has proved. @throws PeerNameError, SspiError */
export type Proof = () => ClaimedIdentity;

/** Sets the file of users of WinPR 2's NTLM server, which takes its path as an attribute of the context. */
export function setSamFile({ provider, slot }: SharedHandle, { samFile }: Acquired): void {
  if (samFile?.given === undefined || provider.traits.samFile !== "attribute") return;
  const path = Buffer.from(`${samFile.given}\0`);
  withWorkspace(({ arena }) => {
    const { address } = arena.write(path);
    const status = provider.SetContextAttributesW(
      slot.address,
      SECPKG_ATTR_AUTH_NTLM_SAM_FILE,
      address,
      path.length - 1,
    );
    check("SetContextAttributesW", status, provider);
  });
}

/** Explains why a leg may have failed, which WinPR itself does not. */
export function explainSamFile({ samFile }: Acquired): Error | undefined {
  return samFile?.explain();
}

/** The file of users before a leg that may prove a password by it. */
export function samStateOf({ samFile }: Acquired): SamState | undefined {
  return samFile?.state();
}

/**
 * Who has logged on by a line of the file of users: the account, with the domain of that line. The client only claims a
 * domain, and WinPR accepts any for a line without one. `before` is the file before the leg: WinPR has read the same
 * one if it has not changed since.
 *
 * @throws SspiError `SEC_E_LOGON_DENIED` where the line has no hash, so that no password was proved, and where nobody
 * can say which line it was because the file has changed or cannot be read.
 */
export function proofOf(
  context: SharedHandle,
  { samFile, package: of }: Acquired,
  before: SamState | undefined,
): Proof | undefined {
  if (!samFile) return undefined;
  const { traits } = context.provider;
  const tellsLine = traits.inboundPeerAttribute === "authIdentity" && includesPackage(traits.namesInboundPeer, of.name);
  const state = samFile.state();
  const { lines, error } = state;
  if (before && !isUnchanged(before, state)) throw denied("the file of users changed while the client logged on by it");
  // A file that does not exist has no lines: who has logged on did so by Kerberos.
  if (error && error.code !== "ENOENT") throw denied("the file of users cannot be read", error);
  // Negotiate does not tell which line it was.
  if (!state.hashed && !(tellsLine && lineOf(lines, claimedIdentity(context)).hasHash))
    throw denied("the file of users has a line without an NT hash, by which everybody could log on");
  if (!tellsLine) return undefined;
  return () => {
    const claimed = claimedIdentity(context);
    return { user: claimed.user, domain: lineOf(lines, claimed).domain === "" ? "" : claimed.domain };
  };
}

/** @throws PeerNameError where the file does not say which line has proved the client's password */
function lineOf(lines: readonly SamLine[], { user, domain }: ClaimedIdentity): SamLine {
  const line = provingLine(lines, user, domain);
  if (line) return line;
  throw new PeerNameError("the file of users does not say which of its lines it logged on by");
}

function denied(why: string, cause?: Error): SspiError {
  const reason = new Error(why, cause && { cause });
  return failure({ operation: "AcceptSecurityContext", status: SEC_E_LOGON_DENIED, cause: reason });
}
