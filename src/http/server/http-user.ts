import { inspect } from "node:util";
import { type AccessToken, type Group, type Peer, ServerContext } from "../../contexts/index.ts";
import { shapeOf } from "../../values/index.ts";
import type { HttpScheme } from "../scheme.ts";

let contextOf: (user: HttpUser) => ServerContext;

/**
 * The authenticated sender of a request, as the security package names it. Valid until the connection closes or
 * authenticates again: then {@link groups}, {@link accessToken} and {@link impersonate} throw a DisposedError, and the
 * names stay unchanged.
 */
export class HttpUser implements Peer {
  /** The qualified name: `alice@EXAMPLE.TEST`, `EXAMPLE\alice`. */
  readonly name: string;
  readonly account: string;
  declare readonly realm?: string;
  declare readonly domain?: string;
  /** The package that authenticated the user: `"Kerberos"`, `"NTLM"`. */
  readonly package: string;
  /** The scheme that the client used. */
  readonly scheme: HttpScheme;
  readonly #context: ServerContext;
  readonly #peer: Peer;

  static {
    contextOf = (user) => user.#context;
  }

  /** Takes ownership of a complete context; the authenticator calls this. */
  constructor(context: ServerContext, scheme: HttpScheme, peer: Peer) {
    if (!(context instanceof ServerContext))
      throw new TypeError(
        `context: expected a ServerContext; an HttpAuthenticator makes users, got ${shapeOf(context)}`,
      );
    const { name, account, realm, domain, package: by } = peer;
    this.name = name;
    this.account = account;
    if (realm !== undefined) this.realm = realm;
    if (domain !== undefined) this.domain = domain;
    this.package = by;
    this.scheme = scheme;
    this.#context = context;
    this.#peer = peer;
  }

  /**
   * Returns the groups that the user is a member of, as the logon lists them: by security identifiers, which only the
   * system that authenticated the user can choose.
   *
   * @throws PeerGroupsError off Windows, if the user's ticket has no groups that a domain controller signed: never an
   *   empty list.
   * @throws SspiError, AccessTokenError if the provider or the system has no tokens.
   * @see GetTokenInformation https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-gettokeninformation
   */
  groups(): Promise<readonly Group[]> {
    return this.#peer.groups();
  }

  /**
   * Opens a token handle of the user, which the caller closes.
   *
   * @throws SspiError
   * @see QuerySecurityContextToken https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querysecuritycontexttoken
   */
  accessToken(): AccessToken {
    return this.#context.accessToken();
  }

  /**
   * Runs synchronous work as the user, and reverts.
   *
   * @throws SspiError `SEC_E_NO_IMPERSONATION` if the provider would only pretend to impersonate.
   * @see ImpersonateSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-impersonatesecuritycontext
   */
  impersonate<T>(work: () => T): T {
    return this.#context.impersonate(work);
  }

  [inspect.custom](): string {
    return `HttpUser { ${this.name}, ${this.scheme}, ${this.package} }`;
  }
}

/** Deletes the context of a user. */
export function releaseUser(user: HttpUser): void {
  contextOf(user).close();
}
