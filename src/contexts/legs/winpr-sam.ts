import { SEC_E_LOGON_DENIED } from "../../../generated/status/constants.ts";
import { SECPKG_ATTR_AUTH_NTLM_SAM_FILE } from "../../../generated/winpr/constants.ts";
import { type Acquired, provingLine, type SamFile, type SamLine } from "../../credentials/index.ts";
import { type SharedHandle, withWorkspace } from "../../memory/index.ts";
import { includesPackage } from "../../native/index.ts";
import { check, failure, SspiError } from "../../status/index.ts";
import { type ClaimedIdentity, claimedIdentity } from "../claimed-identity.ts";
import { PeerNameError } from "../peer.ts";

/** The account and domain that a line of the file of users has proved, or why they are not known. */
export type ProvenIdentity = ClaimedIdentity | PeerNameError;

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

/**
 * Who has logged on by a line of the file of users: the account, with the domain of that line. The client only claims a
 * domain, and WinPR accepts any for a line without one.
 *
 * @throws SspiError `SEC_E_LOGON_DENIED` where the line has no hash, so that no password was proved.
 */
export function provenIdentity(context: SharedHandle, acquired: Acquired): ProvenIdentity | undefined {
  const { samFile, package: of } = acquired;
  if (!samFile) return undefined;
  const { traits } = context.provider;
  const lines = linesOf(samFile);
  if (traits.inboundPeerAttribute !== "authIdentity" || !includesPackage(traits.namesInboundPeer, of.name)) {
    // Negotiate does not tell which line it was; without a file nobody can have logged on by one.
    if (!(lines instanceof PeerNameError)) for (const line of lines) refuseWithoutHash(line);
    return undefined;
  }
  if (lines instanceof PeerNameError) return lines;
  const claimed = claimOf(context);
  if (claimed instanceof PeerNameError) return claimed;
  const line = provingLine(lines, claimed.user, claimed.domain);
  if (!line) return new PeerNameError("the file of users does not say which of its lines it logged on by");
  refuseWithoutHash(line);
  return { user: claimed.user, domain: line.domain === "" ? "" : claimed.domain };
}

/** The lines of the file, or why it cannot be read. */
function linesOf(samFile: SamFile): readonly SamLine[] | PeerNameError {
  try {
    return samFile.lines();
  } catch (error) {
    return new PeerNameError("the file of users, which has proved it, cannot be read", error);
  }
}

function claimOf(context: SharedHandle): ProvenIdentity {
  try {
    return claimedIdentity(context);
  } catch (error) {
    if (error instanceof SspiError) return new PeerNameError("the package does not tell it", error);
    if (error instanceof PeerNameError) return error;
    throw error;
  }
}

function refuseWithoutHash({ hasHash }: SamLine): void {
  if (hasHash) return;
  const cause = new Error("the file of users has a line without an NT hash, by which everybody could log on");
  throw failure({ operation: "AcceptSecurityContext", status: SEC_E_LOGON_DENIED, cause });
}
