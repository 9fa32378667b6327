import { inspect } from "node:util";
import { acquired, Owned, release, type SharedHandle, surrendered, withWorkspace } from "../memory/index.ts";
import { duplicateHandleInto, type SecurityProvider } from "../native/index.ts";
import { check } from "../status/index.ts";
import { checkUint, shapeOf } from "../values/index.ts";
import type { Group } from "./peer.ts";
import { type AccessTokenUser, tokenGroups, tokenIsMember, tokenUser } from "./token-accounts.ts";

let own: (provider: SecurityProvider, handle: bigint) => AccessToken;

/**
 * A handle of the client's access token, for Windows functions that take one. The caller that asked for it owns it and
 * closes it, or declares it with `using`.
 */
export class AccessToken implements Disposable {
  readonly #owned: Owned<bigint>;

  static {
    own = (provider, handle) => new AccessToken(provider, handle);
  }

  private constructor(provider: SecurityProvider, handle: bigint) {
    if (typeof handle !== "bigint") throw new TypeError("AccessToken: use accessToken() of a context");
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

  /** Whether {@link close} or {@link take} was called. */
  get closed(): boolean {
    return this.#owned.closed;
  }

  /**
   * The token's user, with the name that the system knows it by. The name is looked up off the event loop, because
   * Windows may ask a domain controller for it.
   *
   * @throws DisposedError after {@link close} or {@link take}.
   * @throws AccessTokenError where the system does not know the token, for example off Windows.
   * @see GetTokenInformation https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-gettokeninformation
   * @see LookupAccountSidW https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupaccountsidw
   */
  async user(): Promise<AccessTokenUser> {
    return await tokenUser(this.#owned.value);
  }

  /**
   * The groups of the token's user, in the token's order, with the names that the system knows them by. A group that is
   * not `enabled`, or is `useForDenyOnly`, grants nothing: {@link isMember} takes that into account.
   *
   * @throws DisposedError after {@link close} or {@link take}.
   * @throws AccessTokenError where the system does not know the token, for example off Windows, instead of returning an
   * empty list.
   * @see GetTokenInformation https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-gettokeninformation
   */
  async groups(): Promise<readonly Group[]> {
    return await tokenGroups(this.#owned.value);
  }

  /**
   * Whether access checks count the user or group of a security identifier (`S-1-5-32-544`) in this token.
   *
   * @throws TypeError or RangeError where `sid` is not a security identifier.
   * @throws DisposedError after {@link close} or {@link take}.
   * @throws AccessTokenError where the system does not know the token, for example off Windows, instead of returning
   * `false`.
   * @see CheckTokenMembership https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-checktokenmembership
   */
  isMember(sid: string): boolean {
    return tokenIsMember(this.#owned.value, sid);
  }

  /**
   * Moves the `HANDLE` out: the caller closes it from now on, and `live()` no longer counts it.
   *
   * @throws DisposedError
   */
  take(): bigint {
    return this.#owned.take();
  }

  /**
   * Closes the `HANDLE`; does nothing after an earlier {@link close} or {@link take}.
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
  return withWorkspace((workspace) => {
    workspace.clearPointer();
    const status = provider.QuerySecurityContextToken(slot.address, workspace.pointerAddress);
    check("QuerySecurityContextToken", status, provider);
    return ownToken(provider, workspace.handle);
  });
}

/**
 * Duplicates a token handle into another process of this machine and returns the handle's value there. Send that value
 * to the process: it passes the value as `token` to `importContext` and closes the handle. The caller keeps its own
 * token. Windows only: elsewhere a token is a number that has a meaning in one process only.
 *
 * @throws TypeError or RangeError naming the argument that is wrong; Error where this process may not open the other
 * one.
 * @see DuplicateHandle https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-duplicatehandle
 */
export function openTokenIn(processId: number, token: AccessToken): bigint {
  checkUint(processId, "processId");
  if (!(token instanceof AccessToken)) throw new TypeError(`token: expected an AccessToken, got ${shapeOf(token)}`);
  const handle = duplicateHandleInto(processId, token.value);
  if (handle === undefined) throw new Error(`the token could not be opened in process ${processId}`);
  return handle;
}

/** Takes ownership of a token handle that the provider has just returned. */
export function ownToken(provider: SecurityProvider, handle: bigint): AccessToken {
  return own(provider, handle);
}
