import { types } from "node:util";
import { SEC_E_NO_IMPERSONATION } from "../../generated/status/constants.ts";
import type { SharedHandle } from "../memory/index.ts";
import { check, failure } from "../status/index.ts";
import { shapeOf } from "../values/index.ts";

const refusal = "work: expected a synchronous function";

/**
 * Runs `work` as the client, on this thread, and reverts, also when it throws. Refused where the provider
 * only pretends to impersonate.
 */
export function impersonate<T>({ provider, slot }: SharedHandle, work: () => T): T {
  checkWork(work);
  if (!provider.traits.impersonates) {
    const cause = new Error(`${provider.label} has no impersonation on this platform: its success would mean nothing`);
    throw failure({ operation: "ImpersonateSecurityContext", status: SEC_E_NO_IMPERSONATION, cause });
  }
  check("ImpersonateSecurityContext", provider.ImpersonateSecurityContext(slot.address), provider);
  let result: T;
  try {
    result = work();
  } finally {
    revert(() => provider.RevertSecurityContext(slot.address));
  }
  if (isThenable(result)) {
    // It is refused here; that it may fail later is nobody's news any more.
    Promise.resolve(result).catch(() => {});
    throw new TypeError(`${refusal}; impersonation ends before a promise goes on`);
  }
  return result;
}

/** Nothing of what an async function or a generator does later would run as the client. @throws TypeError */
function checkWork(work: unknown): void {
  if (typeof work !== "function") throw new TypeError(`work: expected a function, got ${shapeOf(work)}`);
  if (types.isAsyncFunction(work))
    throw new TypeError(`${refusal}, got an async one; impersonation ends at its first await`);
  if (types.isGeneratorFunction(work))
    throw new TypeError(`${refusal}, got a generator; impersonation ends before it begins`);
}

/** A thread that stays somebody else must not run anything more, least of all a `catch` of the caller's. */
function revert(call: () => number): void {
  try {
    check("RevertSecurityContext", call());
  } catch (error) {
    const why = error instanceof Error ? error.message : shapeOf(error);
    process.stderr.write(`sspi-ffi: this thread is still impersonating a client, so the process ends: ${why}\n`);
    process.abort();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
