import { SEC_E_LOGON_DENIED } from "../../../generated/status/constants.ts";
import { SECPKG_ATTR_AUTH_NTLM_SAM_FILE } from "../../../generated/winpr/constants.ts";
import { type Acquired, provingLine, type SamFile, type SamLine } from "../../credentials/index.ts";
import { type SharedHandle, withWorkspace } from "../../memory/index.ts";
import { includesPackage } from "../../native/index.ts";
import { check, failure } from "../../status/index.ts";
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

/**
 * Who has logged on by a line of the file of users: the account, with the domain of that line. The client only claims a
 * domain, and WinPR accepts any for a line without one. The file is read now, as WinPR has just done.
 *
 * @throws SspiError `SEC_E_LOGON_DENIED` where the line has no hash, so that no password was proved.
 */
export function proofOf(context: SharedHandle, { samFile, package: of }: Acquired): Proof | undefined {
  if (!samFile) return undefined;
  const { traits } = context.provider;
  const tellsLine = traits.inboundPeerAttribute === "authIdentity" && includesPackage(traits.namesInboundPeer, of.name);
  const lines = linesOf(samFile);
  if (lines instanceof Error)
    return () => {
      throw new PeerNameError("the file of users, which has proved it, cannot be read", lines);
    };
  const line = (): SamLine => lineOf(lines, claimedIdentity(context));
  // Negotiate does not tell which line it was.
  for (const without of lines) if (!without.hasHash) refuseWithoutHash(tellsLine ? line() : without);
  if (!tellsLine) return undefined;
  return () => {
    const claimed = claimedIdentity(context);
    return { user: claimed.user, domain: lineOf(lines, claimed).domain === "" ? "" : claimed.domain };
  };
}

/** The lines of the file, or why it cannot be read. */
function linesOf(samFile: SamFile): readonly SamLine[] | Error {
  try {
    return samFile.lines();
  } catch (error) {
    return error instanceof Error ? error : new Error("it cannot be read", { cause: error });
  }
}

/** @throws PeerNameError where the file does not say which line has proved the client's password */
function lineOf(lines: readonly SamLine[], { user, domain }: ClaimedIdentity): SamLine {
  const line = provingLine(lines, user, domain);
  if (line) return line;
  throw new PeerNameError("the file of users does not say which of its lines it logged on by");
}

function refuseWithoutHash({ hasHash }: SamLine): void {
  if (hasHash) return;
  const cause = new Error("the file of users has a line without an NT hash, by which everybody could log on");
  throw failure({ operation: "AcceptSecurityContext", status: SEC_E_LOGON_DENIED, cause });
}
