import type { Address } from "../ctypes/index.ts";
import { HandleSlot, SharedHandle, withWorkspace } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { dateOfTicks } from "../values/index.ts";
import { type Credential, credentialOf } from "./credential.ts";
import { findPackage } from "./security-packages.ts";

/**
 * Makes a client's credential from a handle that a provider writes, with its expiry; `write` throws if the provider
 * fails.
 */
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
      identity: "given",
      expiry,
      samFile: undefined,
      manualValidation: false,
    });
  } catch (error) {
    slot.giveBack();
    throw error;
  }
}
