import type { Address } from "../ctypes/index.ts";
import { HandleSlot, SharedHandle, withWorkspace } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { dateOfTicks } from "../values/index.ts";
import { type Credential, credentialOf } from "./credential.ts";
import { findPackage } from "./security-packages.ts";

/** A client's credential of a handle that a provider writes, with its expiry; `write` throws where it does not. */
export function adoptCredential(
  provider: SecurityProvider,
  packageName: string,
  write: (credential: Address, expiry: Address) => void,
): Credential {
  const found = findPackage(provider, packageName);
  const slot = HandleSlot.lease();
  try {
    const expiry = withWorkspace((workspace) => {
      workspace.clearLeg();
      write(slot.address, workspace.expiryAddress);
      return dateOfTicks(workspace.expiry);
    });
    return credentialOf({
      handle: new SharedHandle(provider, slot, "FreeCredentialsHandle"),
      separate: undefined,
      package: found,
      use: "outbound",
      expiry,
      samFile: undefined,
      manualValidation: false,
    });
  } catch (error) {
    slot.giveBack();
    throw error;
  }
}
