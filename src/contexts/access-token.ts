import {
  acquired,
  leaseWorkspace,
  Owned,
  release,
  returnWorkspace,
  type SharedHandle,
  surrendered,
} from "../memory/index.ts";
import { duplicateHandleInto, type SecurityProvider } from "../native/index.ts";
import { check } from "../status/index.ts";
import { checkUint } from "../values/index.ts";

/** A token handle of the client, owned by whoever asked for it: `value` is the `HANDLE`. */
export type AccessToken = Owned<bigint>;

export function openAccessToken({ provider, slot }: SharedHandle): AccessToken {
  const workspace = leaseWorkspace();
  try {
    workspace.clearPointer();
    check("QuerySecurityContextToken", provider.QuerySecurityContextToken(slot.address, workspace.pointerAddress));
    return ownToken(provider, workspace.handle);
  } finally {
    returnWorkspace(workspace);
  }
}

/**
 * Opens a token in another process of this machine, and returns the handle's value there: what that process, once it
 * is told, passes as `token` to `importContext`, and closes. The token itself stays the caller's. Windows only:
 * elsewhere a token is a number that has a meaning in one process.
 *
 * @throws TypeError or RangeError naming the argument that is wrong; Error where the process may not be opened.
 * @see DuplicateHandle https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-duplicatehandle
 */
export function openTokenIn(processId: number, token: AccessToken): bigint {
  checkUint(processId, "processId");
  if (!(token instanceof Owned)) throw new TypeError(`token: expected an AccessToken, got ${typeof token}`);
  const handle = duplicateHandleInto(processId, token.value);
  if (handle === undefined) throw new Error(`the token could not be opened in process ${processId}`);
  return handle;
}

/** Takes over a handle that the provider has just given. */
export function ownToken(provider: SecurityProvider, handle: bigint): AccessToken {
  acquired("CloseHandle");
  return new Owned(
    "AccessToken",
    handle,
    (token) => release(provider, "CloseHandle", token),
    () => surrendered("CloseHandle"),
  );
}
