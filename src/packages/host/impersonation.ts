import type { Provider } from "../../../generated/provider.ts";
import { SEC_E_NO_IMPERSONATION, SEC_E_OK } from "../../../generated/status/constants.ts";
import { impersonateUser, revertToSelf, writePointer } from "../../native/index.ts";
import { contextToken } from "./context-functions.ts";
import type { HostCore } from "./host-core.ts";
import type { Impersonator } from "./surroundings.ts";

type TokenFunctions = Pick<
  Provider,
  "QuerySecurityContextToken" | "ImpersonateSecurityContext" | "RevertSecurityContext"
>;

/** Impersonation by Windows; undefined on systems whose threads cannot impersonate. */
export function systemImpersonation(): Impersonator | undefined {
  if (process.platform !== "win32") return undefined;
  return {
    begin(token) {
      if (!impersonateUser(token)) throw new Error("ImpersonateLoggedOnUser refused the token");
    },
    end() {
      if (!revertToSelf()) throw new Error("RevertToSelf failed");
    },
  };
}

/** Functions that use the token from `SpGetContextToken`; the package keeps ownership of it. */
export function tokenFunctions(core: HostCore, impersonation: Impersonator | undefined): TokenFunctions {
  const attempt = (work: () => void): number => {
    try {
      work();
      return SEC_E_OK;
    } catch (error) {
      core.diagnostics.misdeed("exception", `impersonation: ${String(error)}`, error);
      return SEC_E_NO_IMPERSONATION;
    }
  };
  return {
    QuerySecurityContextToken: (at, token) =>
      contextToken(core, at, (handle) => {
        writePointer(token, core.tokens.lend(handle));
        return SEC_E_OK;
      }),
    ImpersonateSecurityContext: (at) =>
      contextToken(core, at, (handle) =>
        impersonation ? attempt(() => impersonation.begin(handle)) : SEC_E_NO_IMPERSONATION,
      ),
    RevertSecurityContext: () => (impersonation ? attempt(() => impersonation.end()) : SEC_E_NO_IMPERSONATION),
  };
}
