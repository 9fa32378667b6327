import { inspect } from "node:util";
import type { CredentialAttributes } from "../../generated/attributes.ts";
import { type AttributeDeclaration, type OwnedHandle, ownedHandle } from "../ctypes/index.ts";
import { Owned, type ReleaseFunction, SharedHandle } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { acquireChannel, acquireEnding, timed, timedSync } from "../tracing/index.ts";
import { expiryText, shapeOf } from "../values/index.ts";
import { type Acquired, acquire, acquireSync } from "./acquire.ts";
import type { AcquireOptions, CredentialOptions } from "./credential-options.ts";
import { type CredentialUse, uses } from "./credential-use.ts";
import { queryCredential } from "./query-credential.ts";
import { type SettableCredentialAttributes, setCredential } from "./set-credential.ts";

let shareOf: (credential: Credential) => Acquired;
let own: (acquired: Acquired) => Credential;

/**
 * Credentials of a user for one security package, to initiate or accept contexts with.
 * Owns a `CredHandle`; closing it waits for the contexts that were made with it.
 */
export class Credential implements Disposable {
  /** The package's name, as the provider spells it. */
  readonly package: string;
  /** The side that it was acquired for. */
  readonly use: CredentialUse;
  /** When it expires; undefined if the provider does not say, the far future if it never expires. */
  readonly expiry: Date | undefined;
  /** The SSPI provider that it is from. */
  readonly provider: SecurityProvider;
  readonly #owned: Owned<SharedHandle>;
  readonly #acquired: Acquired;

  static {
    own = (acquired) => new Credential(acquired);
    shareOf = (credential) => {
      if (typeof credential !== "object" || credential === null || !(#owned in credential))
        throw new TypeError(`credential: expected a Credential (Credential.acquire), got ${shapeOf(credential)}`);
      credential.#owned.value;
      return credential.#acquired;
    };
  }

  private constructor(acquired: Acquired) {
    if (!(acquired?.handle instanceof SharedHandle)) throw new TypeError("Credential: use Credential.acquire()");
    this.package = acquired.package.name;
    this.use = acquired.use;
    this.expiry = acquired.expiry;
    this.provider = acquired.handle.provider;
    this.#acquired = acquired;
    this.#owned = new Owned("Credential", acquired.handle, (handle) => handle.letGo());
  }

  /**
   * Acquires credentials of the process's user, or of `identity`, off the event loop, because a domain controller may
   * check a password here. A password is copied once, zeroed after the call, and not kept.
   *
   * @throws TypeError or RangeError naming the option that is wrong.
   * @throws UnnamedProviderError for a server that would get WinPR without naming it.
   * @throws SspiError `SEC_E_SECPKG_NOT_FOUND`, `SEC_E_NO_CREDENTIALS`, `SEC_E_UNKNOWN_CREDENTIALS` …
   * @throws CancelledError after `timeout` or when `signal` is aborted; the credential is freed when the native call
   * returns.
   * @see AcquireCredentialsHandleW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acquirecredentialshandlew
   */
  static async acquire(options: AcquireOptions): Promise<Credential> {
    if (!acquireChannel.hasSubscribers) return new Credential(await acquire(options));
    return new Credential(await timed(() => acquire(options), acquireEnding(options, uses, false)));
  }

  /**
   * Acquires like {@link Credential.acquire}, in one call that blocks the event loop, for scripts and the REPL.
   *
   * @see AcquireCredentialsHandleW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acquirecredentialshandlew
   */
  static acquireSync(options: CredentialOptions): Credential {
    if (!acquireChannel.hasSubscribers) return new Credential(acquireSync(options));
    return new Credential(timedSync(() => acquireSync(options), acquireEnding(options, uses, true)));
  }

  /**
   * Returns an attribute of the credentials by name. Field names are the header's; strings and times are plain values.
   * For a package's own attribute, pass its declaration.
   *
   * @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` if the package does not support it.
   * @see QueryCredentialsAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycredentialsattributesw
   */
  query<A extends keyof CredentialAttributes>(attribute: A): CredentialAttributes[A];
  /**
   * Returns an attribute that the caller has declared (`npx sspi-ffi generate` writes declarations): a package's own,
   * by its number and struct.
   *
   * @throws as for an attribute by name; TypeError or RangeError for a value that is not a declaration.
   * @see QueryCredentialsAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycredentialsattributesw
   */
  query<T>(attribute: AttributeDeclaration<T, ReleaseFunction>): T;
  query(attribute: keyof CredentialAttributes | AttributeDeclaration<unknown, ReleaseFunction>): unknown {
    this.#refuseClosed();
    return queryCredential(() => this.#owned.value, attribute);
  }

  /**
   * Sets an attribute of the credentials: by name, or by its number with the bytes of its struct.
   *
   * @throws TypeError or RangeError naming what is wrong.
   * @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` if the package does not support it.
   * @see SetCredentialsAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-setcredentialsattributesw
   */
  set<A extends keyof SettableCredentialAttributes | number>(
    attribute: A,
    value: A extends keyof SettableCredentialAttributes ? SettableCredentialAttributes[A] : Uint8Array,
  ): void {
    this.#refuseClosed();
    setCredential(this.provider, () => this.#owned.value, attribute, value);
  }

  /** @throws DisposedError */
  #refuseClosed(): void {
    this.#owned.value;
  }

  /**
   * The native handle, for functions of `sspi-ffi/raw`, which take the credential itself in place of a `CredHandle`.
   */
  get [ownedHandle](): OwnedHandle<"credential"> {
    const { provider, slot } = this.#owned.value;
    return { kind: "credential", address: slot.address, provider };
  }

  /** Whether {@link close} was called. Contexts that were made with it keep the native handle open. */
  get closed(): boolean {
    return this.#owned.closed;
  }

  /**
   * Releases the handle, which is freed when the last context made with it is closed. Harmless when repeated.
   *
   * @see FreeCredentialsHandle https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-freecredentialshandle
   */
  close(): void {
    this.#owned.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `Credential { ${this.package}, ${this.use}${expiryText(this.expiry)}${this.closed ? ", closed" : ""} }`;
  }
}

/** The parts of a credential that contexts need. @throws DisposedError when it is closed. */
export function acquiredOf(credential: Credential): Acquired {
  return shareOf(credential);
}

/** Wraps a handle that was acquired in another way. */
export function credentialOf(acquired: Acquired): Credential {
  return own(acquired);
}
