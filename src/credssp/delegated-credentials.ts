import { inspect } from "node:util";
import type { Peer } from "../contexts/index.ts";
import { DisposedError } from "../memory/index.ts";
import { isBytes, shapeOf } from "../values/index.ts";
import type { PasswordCredentials } from "./ts-credentials.ts";

/**
 * The credentials that a client has delegated: a claim by the client, which may name another account than the one that
 * logged on. Memory holds the password's bytes once; they are zeroed after their use, or when the connection closes.
 */
export class DelegatedCredentials implements Disposable {
  /** The account's name, as the client wrote it. */
  readonly user: string;
  /** The account's domain, as the client wrote it; empty if it wrote none. */
  readonly domain: string;
  /** Whether the account is the one that logged on, by name and by domain or realm; false if that is unknown. */
  readonly matches: boolean;
  #password: Uint8Array | undefined;

  /** Takes ownership of the password. */
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
   * Calls `work` with the domain, the user and the password. The password's bytes are UTF-16LE, and are zeroed when
   * `work` returns, or when the promise that it returned settles.
   *
   * @throws DisposedError on the second call, and after the connection was closed.
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

  /** Whether the password is zeroed: {@link use} or {@link close} was called, or the connection was closed. */
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
    // Escape the client's texts: unescaped, they could look like lines of a log.
    const [user, domain] = [this.user, this.domain].map((text) => inspect(text));
    return `DelegatedCredentials { user: ${user}, domain: ${domain}, matches: ${this.matches} }`;
  }
}

/**
 * Compares without case, in lower and in upper case: some letters share only their capital with another letter, and
 * some only their small letter, and such letters differ.
 */
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
