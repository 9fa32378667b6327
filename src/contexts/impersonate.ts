import { types } from "node:util";
import { SEC_E_NO_IMPERSONATION } from "../../generated/status/constants.ts";
import type { SharedHandle } from "../memory/index.ts";
import { check, failure } from "../status/index.ts";
import { shapeOf } from "../values/index.ts";

const refusal = "work: expected a synchronous function";

/**
 * Runs `work` as the client on this thread, then reverts, also when `work` throws. Refused where the provider only
 * pretends to impersonate.
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
    // The promise is already refused: swallow a later rejection, which would be reported as unhandled.
    Promise.resolve(result).catch(() => {});
    throw new TypeError(`${refusal}; impersonation ends before a promise goes on`);
  }
  return result;
}

/** Refuses async functions and generators, because their later work would not run as the client. @throws TypeError */
function checkWork(work: unknown): void {
  if (typeof work !== "function") throw new TypeError(`work: expected a function, got ${shapeOf(work)}`);
  if (types.isAsyncFunction(work))
    throw new TypeError(`${refusal}, got an async one; impersonation ends at its first await`);
  if (types.isGeneratorFunction(work))
    throw new TypeError(`${refusal}, got a generator; impersonation ends before it begins`);
}

/**
 * Ends the process if reverting fails: a thread that still impersonates must not run anything more, not even a `catch`
 * of the caller.
 */
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
