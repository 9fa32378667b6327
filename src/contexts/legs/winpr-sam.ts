import { accessSync, constants } from "node:fs";
import { SECPKG_ATTR_AUTH_NTLM_SAM_FILE } from "../../../generated/winpr/constants.ts";
import type { Acquired } from "../../credentials/index.ts";
import { type SharedHandle, withWorkspace } from "../../memory/index.ts";
import { check } from "../../status/index.ts";

/** Sets the file of users of WinPR 2's NTLM server, which takes its path as an attribute of the context. */
export function setSamFile({ provider, slot }: SharedHandle, { samFile }: Acquired): void {
  if (samFile === undefined || provider.traits.samFile !== "attribute") return;
  const path = Buffer.from(`${samFile}\0`);
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

/** Explains why WinPR may have found no user, which WinPR itself does not: its file of users cannot be read. */
export function explainSamFile({ samFile, handle }: Acquired): Error | undefined {
  if (samFile === undefined || handle.provider.traits.samFile === "none") return undefined;
  try {
    accessSync(samFile, constants.R_OK);
    return undefined;
  } catch (cause) {
    return new Error(`winpr.samFile: ${JSON.stringify(samFile)} cannot be read`, { cause });
  }
}
