import { inspect } from "node:util";
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

let own: (provider: SecurityProvider, handle: bigint) => AccessToken;

/**
 * A token handle of the client, for the functions of Windows that take one. Whoever asked for it owns it and closes
 * it, or declares it with `using`.
 */
export class AccessToken implements Disposable {
  readonly #owned: Owned<bigint>;

  static {
    own = (provider, handle) => new AccessToken(provider, handle);
  }

  private constructor(provider: SecurityProvider, handle: bigint) {
    acquired("CloseHandle");
    this.#owned = new Owned(
      "AccessToken",
      handle,
      (token) => release(provider, "CloseHandle", token),
      () => surrendered("CloseHandle"),
    );
  }

  /** The `HANDLE`, still owned here. @throws DisposedError after {@link close} or {@link take}. */
  get value(): bigint {
    return this.#owned.value;
  }

  get closed(): boolean {
    return this.#owned.closed;
  }

  /** Moves the `HANDLE` out: the caller closes it from now on, and `live()` counts it no more. @throws DisposedError */
  take(): bigint {
    return this.#owned.take();
  }

  /**
   * Closes the `HANDLE`; harmless when it has been closed or taken before.
   *
   * @see CloseHandle https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-closehandle
   */
  close(): void {
    this.#owned.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `AccessToken { ${this.closed ? "closed" : "open"} }`;
  }
}

export function openAccessToken({ provider, slot }: SharedHandle): AccessToken {
  const workspace = leaseWorkspace();
  try {
    workspace.clearPointer();
    const status = provider.QuerySecurityContextToken(slot.address, workspace.pointerAddress);
    check("QuerySecurityContextToken", status, provider);
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
  if (!(token instanceof AccessToken)) throw new TypeError(`token: expected an AccessToken, got ${typeof token}`);
  const handle = duplicateHandleInto(processId, token.value);
  if (handle === undefined) throw new Error(`the token could not be opened in process ${processId}`);
  return handle;
}

/** Takes over a handle that the provider has just given. */
export function ownToken(provider: SecurityProvider, handle: bigint): AccessToken {
  return own(provider, handle);
}
