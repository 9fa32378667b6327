import {
  acquired,
  leaseWorkspace,
  Owned,
  release,
  returnWorkspace,
  type SharedHandle,
  surrendered,
} from "../memory/index.ts";
import { check } from "../status/index.ts";

/** A token handle of the client, owned by whoever asked for it: `value` is the `HANDLE`. */
export type AccessToken = Owned<bigint>;

export function openAccessToken({ provider, slot }: SharedHandle): AccessToken {
  const workspace = leaseWorkspace();
  try {
    workspace.clearPointer();
    check("QuerySecurityContextToken", provider.QuerySecurityContextToken(slot.address, workspace.pointerAddress));
    const { handle } = workspace;
    acquired("CloseHandle");
    return new Owned(
      "AccessToken",
      handle,
      (token) => release(provider, "CloseHandle", token),
      () => surrendered("CloseHandle"),
    );
  } finally {
    returnWorkspace(workspace);
  }
}
