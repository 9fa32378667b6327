import { SECPKG_CRED } from "../../generated/sspi/constants.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { isBrokenSchannel } from "../credentials/index.ts";
import { HandleSlot, releaseUnowned, withWorkspace, writeWideString } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { isFailure, statusFact } from "../status/index.ts";
import { type Answer, answerTo } from "./answer.ts";

export type CredentialRole = "outbound" | "inbound";

/**
 * The results for credentials that a provider handed out and refused to release. They are not acquired again, because
 * they would accumulate.
 */
const kept = new WeakMap<SecurityProvider, Map<string, Answer>>();

/**
 * Whether a package has credentials of the current user: acquires them and releases them at once. If the release fails,
 * the result is its status.
 */
export function credentialAnswer(provider: SecurityProvider, name: string, role: CredentialRole): Answer {
  if (isBrokenSchannel(provider, name)) return statusFact(SEC_E_UNSUPPORTED_FUNCTION).code;
  const known = kept.get(provider) ?? new Map<string, Answer>();
  const earlier = known.get(`${role} ${name}`);
  if (earlier) return earlier;
  const slot = HandleSlot.lease();
  try {
    const acquired = acquire(provider, name, role, slot);
    if (acquired !== SEC_E_OK) {
      if (!isFailure(acquired)) releaseUnowned(provider, slot, "FreeCredentialsHandle");
      return statusFact(acquired).code;
    }
    const freed = answerTo(provider.FreeCredentialsHandle(slot.address));
    if (freed !== true) kept.set(provider, known.set(`${role} ${name}`, freed));
    return freed;
  } finally {
    slot.giveBack();
  }
}

function acquire(provider: SecurityProvider, name: string, role: CredentialRole, slot: HandleSlot): number {
  return withWorkspace((workspace) => {
    workspace.clearLeg();
    const { address } = writeWideString(workspace.arena, name);
    const use = SECPKG_CRED[role];
    return provider.AcquireCredentialsHandleW(0, address, use, 0, 0, 0, 0, slot.address, workspace.expiryAddress);
  });
}
