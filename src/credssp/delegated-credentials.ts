import { inspect } from "node:util";
import type { Peer } from "../contexts/index.ts";
import { DisposedError } from "../memory/index.ts";
import { isBytes, shapeOf } from "../values/index.ts";
import type { PasswordCredentials } from "./ts-credentials.ts";

/**
 * What a client has delegated: a claim of the client's, which need not be who logged on. The password's bytes are there
 * once, and zeroed after their use, or when the connection closes.
 */
export class DelegatedCredentials implements Disposable {
  /** The account's name, as the client wrote it. */
  readonly user: string;
  /** The account's domain, as the client wrote it; empty where there is none. */
  readonly domain: string;
  /** Whether it is the account that logged on, by name and by domain or realm: false where that is not known. */
  readonly matches: boolean;
  #password: Uint8Array | undefined;

  /** Takes the password over. */
  constructor(credentials: PasswordCredentials, peer: Peer | undefined) {
    if (!isBytes((credentials as PasswordCredentials | undefined)?.password))
      throw new TypeError(`credentials: expected what a CredsspStream makes, got ${shapeOf(credentials)}`);
    const { user, domain, password } = credentials;
    this.user = user;
    this.domain = domain;
    this.matches = peer !== undefined && isAccount({ user, domain }, peer);
    this.#password = password;
  }

  /**
   * Calls `work` with the domain, the user and the password, whose bytes are UTF-16LE and zeroed as soon as `work` has
   * returned, or the promise that it returned has settled.
   *
   * @throws DisposedError the second time, and after the connection was closed.
   */
  use<T>(work: (domain: string, user: string, password: Buffer) => T): T {
    if (typeof work !== "function") throw new TypeError(`work: expected a function, got ${typeof work}`);
    const bytes = this.#password;
    if (!bytes) throw new DisposedError("The delegated password");
    this.#password = undefined;
    const wipe = (): void => void bytes.fill(0);
    let pending = false;
    try {
      const result = work(this.domain, this.user, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      if (!(result instanceof Promise)) return result;
      pending = true;
      return result.finally(wipe) as T;
    } finally {
      if (!pending) wipe();
    }
  }

  /** Whether the password is gone: {@link use} or {@link close} was called, or the connection was closed. */
  get closed(): boolean {
    return this.#password === undefined;
  }

  /** Zeroes the password. Harmless when repeated. */
  close(): void {
    this.#password?.fill(0);
    this.#password = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    // The client wrote these: as they came they could pass for lines of a log.
    const [user, domain] = [this.user, this.domain].map((text) => inspect(text));
    return `DelegatedCredentials { user: ${user}, domain: ${domain}, matches: ${this.matches} }`;
  }
}

/** But for case. Some letters are another's capital only, and some another's small letter only: they differ. */
function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase() && one.toUpperCase() === other.toUpperCase();
}

/** Names of accounts and domains ignore case, on Windows and in WinPR's file of users. */
function isAccount({ user, domain }: { readonly user: string; readonly domain: string }, peer: Peer): boolean {
  const [, account = user, realm = domain] = domain === "" ? (/^([^@\\]+)@([^@\\]+)$/.exec(user) ?? []) : [];
  if (!same(account, peer.account)) return false;
  const places = [peer.domain, peer.realm].filter((place) => place !== undefined);
  return places.length === 0 ? realm === "" : places.some((place) => same(place, realm));
}
