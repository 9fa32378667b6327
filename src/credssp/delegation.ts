import { CredsspError } from "./credssp-error.ts";
import { parseTarget, type Target, type TargetPatterns } from "./target-patterns.ts";

/**
 * @throws CredsspError `SEC_E_DELEGATION_POLICY` unless the caller has listed this target; nothing has been sent then
 */
export function delegationTarget(target: string | undefined, delegate: TargetPatterns): Target {
  const parsed = target === undefined ? undefined : parseTarget(target);
  if (parsed && delegate.includes(parsed)) return parsed;
  const named = parsed ? JSON.stringify(target) : `a target of ${target?.length} characters that names no service`;
  const whom = target === undefined ? "a server without a name" : named;
  throw new CredsspError(
    "SEC_E_DELEGATION_POLICY",
    `this package hands the user's password to the server, and ${whom} is not among the targets of \`delegate\``,
  );
}
