import { SECPKG_ATTR_AUTH_NTLM_SAM_FILE } from "../../generated/winpr/constants.ts";
import { leaseWorkspace, returnWorkspace, type SharedHandle } from "../memory/index.ts";
import { check } from "../status/index.ts";

/** Tells WinPR 2's NTLM server, which takes it as an attribute of the context, where to look its users up. */
export function setSamFile({ provider, slot }: SharedHandle, samFile: string): void {
  const path = Buffer.from(`${samFile}\0`);
  const workspace = leaseWorkspace();
  try {
    const room = workspace.arena.write(path);
    const status = provider.SetContextAttributesW(
      slot.address,
      SECPKG_ATTR_AUTH_NTLM_SAM_FILE,
      room.address,
      path.length - 1,
    );
    check("SetContextAttributesW", status, provider);
  } finally {
    returnWorkspace(workspace);
  }
}
