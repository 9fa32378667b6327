import { SEC_E_NO_IMPERSONATION, SEC_E_OK } from "../../generated/status/constants.ts";
import type { SharedHandle } from "../memory/index.ts";
import { check, failure } from "../status/index.ts";

/**
 * Runs `work` as the client, on this thread, and reverts, also when it throws. Refused where the provider
 * only pretends to impersonate.
 */
export function impersonate<T>({ provider, slot }: SharedHandle, work: () => T): T {
  if (typeof work !== "function") throw new TypeError(`work: expected a function, got ${typeof work}`);
  if (!provider.traits.impersonates) {
    const cause = new Error(`${provider.label} has no impersonation on this platform: its success would mean nothing`);
    throw failure({ operation: "ImpersonateSecurityContext", status: SEC_E_NO_IMPERSONATION, cause });
  }
  check("ImpersonateSecurityContext", provider.ImpersonateSecurityContext(slot.address), provider);
  let result: T;
  try {
    result = work();
  } finally {
    revert(provider.RevertSecurityContext(slot.address));
  }
  if (isThenable(result)) {
    // It is refused here; that it may fail later is nobody's news any more.
    Promise.resolve(result).catch(() => {});
    throw new TypeError("work: expected a synchronous function; impersonation ends before a promise goes on");
  }
  return result;
}

/** A thread that stays somebody else must not run anything more, least of all a `catch` of the caller's. */
function revert(status: number): void {
  if (status === SEC_E_OK) return;
  const error = failure({ operation: "RevertSecurityContext", status });
  process.stderr.write(
    `sspi-ffi: this thread is still impersonating a client, so the process ends: ${error.message}\n`,
  );
  process.abort();
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
