import { inspect } from "node:util";
import { type ContextAttributes, contextAttributes } from "../../generated/attributes.ts";
import type { AttributeDeclaration } from "../ctypes/index.ts";
import { attributeOf, type ReleaseFunction } from "../memory/index.ts";
import { checkKey, flagNames } from "../values/index.ts";
import { type AccessToken, openAccessToken } from "./access-token.ts";
import { ContextStateError } from "./context-state-error.ts";
import { applyControlToken, type ControlToken, readControlToken } from "./control-token.ts";
import { type ExportedContext, type ExportOptions, exportContext, readExportOptions } from "./export-context.ts";
import { impersonate } from "./impersonate.ts";
import { MessageContext } from "./message-context.ts";
import type { Peer, PeerOptions } from "./peer.ts";
import { queryDeclared } from "./query-context.ts";

/** A Map, because a query finds its attribute there in less time than in an object with so many properties. */
const attributesByName = new Map<unknown, AttributeDeclaration<unknown, ReleaseFunction>>(
  Object.entries(contextAttributes),
);

/**
 * The common base of client and server contexts: an authentication in legs and, when it is complete, the protection of
 * messages with the agreed keys. Owns a `CtxtHandle` and keeps its credential alive; close it, or declare it with
 * `using`.
 */
export abstract class SecurityContext<Flag extends string, Unreported extends string = never>
  extends MessageContext<Flag, Unreported>
  implements Disposable
{
  #impersonations = 0;
  #closing = false;

  /** Whether the authentication is complete. */
  get complete(): boolean {
    return this.life.phase === "complete";
  }

  /** Whether {@link close} was called, the exchange failed, or an export deleted the native context. */
  get closed(): boolean {
    return this.life.closed;
  }

  /** How many legs this side has taken. */
  get legs(): number {
    return this.life.legs;
  }

  /** When the context expires; undefined before it is complete, and where the provider does not report it. */
  get expiry(): Date | undefined {
    return this.life.expiry;
  }

  /**
   * The flags of the complete context, by the names of `ISC_RET_*` or `ASC_RET_*`; `"unknown"` where the provider does
   * not report them.
   *
   * @throws ContextStateError before the context is complete: flags of earlier legs mean nothing.
   */
  get flags(): readonly Flag[] | "unknown" {
    this.life.established("flags");
    const bits = this.life.granted;
    return bits === undefined ? "unknown" : flagNames(this.possibleFlags.granted, bits);
  }

  /**
   * Whether the complete context has a flag; also `"unknown"` for flags beyond 32 bits, which no function reports.
   *
   * @throws ContextStateError before it is complete, RangeError for a name that is not a flag.
   */
  hasFlag(flag: Flag | Unreported): boolean | "unknown" {
    const { flags } = this;
    const { granted, wideGranted } = this.possibleFlags;
    const unreported = typeof flag === "string" && Object.hasOwn(wideGranted, flag);
    if (!unreported) checkKey(flag, "flag", granted);
    return flags === "unknown" || unreported ? "unknown" : flags.includes(flag as Flag);
  }

  /**
   * Queries an attribute by name; field names are the header's. Strings, bytes and times become plain values, and the
   * package's allocations for them are freed. Query a package's own attribute by its declaration.
   *
   * @throws ContextStateError before a leg has made the context; on WinPR before the context is complete, because WinPR
   * would crash.
   * @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` where the package does not have the attribute.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  query<A extends keyof ContextAttributes>(attribute: A): ContextAttributes[A];
  /**
   * Queries a package's own attribute, which you have declared by its number and struct, as `npx sspi-ffi generate`
   * does.
   *
   * @throws as for an attribute by name; TypeError or RangeError for a wrong declaration.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  query<T>(attribute: AttributeDeclaration<T, ReleaseFunction>): T;
  query(attribute: keyof ContextAttributes | AttributeDeclaration<unknown, ReleaseFunction>): unknown {
    const known = attributesByName.get(attribute);
    // A name runs no code of the caller's, so that the context is checked only once for it.
    if (!known) this.life.refuseUnusable();
    const declaration = known ?? attributeOf(attribute, contextAttributes);
    // The handle is taken last, because a getter of the declaration may close this context.
    const context = this.life.context();
    const { traits, label } = context.provider;
    if (!traits.queriesKeysEarly && this.life.phase !== "complete")
      throw new ContextStateError(
        `query: ${label} answers attributes of complete contexts only; this one has legs to go`,
      );
    return queryDeclared(context, declaration);
  }

  /**
   * The authenticated peer: a server's client, or the server of a client that was granted `mutualAuth`. The target that
   * a client requested is never used as the server's name.
   *
   * @throws ContextStateError before the context is complete.
   * @throws PeerNameError where the peer is anonymous or has not authenticated itself, where the provider does not
   *   report the name, and from an imported context, which does not know which side it is.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  abstract peer(options?: PeerOptions): Peer;

  /**
   * The client's access token, for use with Windows functions. The caller owns it and closes it; its `value` is the
   * `HANDLE`.
   *
   * @throws SspiError
   * @see QuerySecurityContextToken https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querysecuritycontexttoken
   */
  accessToken(): AccessToken {
    return openAccessToken(this.life.established("accessToken"));
  }

  /**
   * Runs `work` while this thread impersonates the client, then reverts, also when `work` throws. `work` is
   * synchronous, because impersonation belongs to the thread and must not continue after the call.
   *
   * @throws TypeError for an async function or a generator, before it runs; for a function that returns a promise,
   * after it ran.
   * @throws SspiError `SEC_E_NO_IMPERSONATION` where the provider would only pretend.
   * @see ImpersonateSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-impersonatesecuritycontext
   */
  impersonate<T>(work: () => T): T {
    const handle = this.life.established("impersonate");
    this.#impersonations += 1;
    try {
      return impersonate(handle, work);
    } finally {
      this.#impersonations -= 1;
      if (this.#closing) this.close();
    }
  }

  /**
   * Exports the context as bytes, for `importContext` in another process of this machine. With `deleteOld` this context
   * is deleted and can only be closed; without it both contexts stay usable, in the way that the package defines. On
   * the system's GSSAPI both then count in one sequence, each with its own replay window, and this needs `keepOld`.
   *
   * @returns the bytes, and with `withToken` the client's token, which the caller owns and closes.
   * @throws SspiError `SEC_E_NOT_SUPPORTED`, `SEC_E_UNSUPPORTED_FUNCTION` where the package or provider cannot.
   * @throws KernelExportError for `toKernel`.
   * @throws RangeError without `deleteOld` and `keepOld` where both would count in one sequence.
   * @see ExportSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-exportsecuritycontext
   */
  export(options: ExportOptions = {}): ExportedContext {
    const given = readExportOptions(options);
    if (this.#impersonations > 0 && given.deleteOld)
      throw new ContextStateError(
        `${this.constructor.name}: export with deleteOld is for a context that nobody is impersonated with`,
      );
    return exportContext(this.life, given);
  }

  /**
   * Gives the package a token that does not come from the peer: bytes in the package's own format, or one of Schannel's
   * tokens by name.
   *
   * @throws TypeError or RangeError naming what is wrong with the token.
   * @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` where the package accepts no control tokens.
   * @see ApplyControlToken https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-applycontroltoken
   */
  applyControlToken(token: Uint8Array | ControlToken): void {
    this.life.refuseUnusable();
    // The handle is taken last, because a getter of the token may close this context.
    const bytes = readControlToken(token);
    applyControlToken(this.life.context(), bytes);
  }

  /**
   * Deletes the context and releases its credential. Harmless when repeated. During a running step or impersonation it
   * takes effect when that has ended.
   *
   * @see DeleteSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-deletesecuritycontext
   */
  close(): void {
    // The native context is needed to revert, so it stays until impersonation has ended.
    this.#closing = this.#impersonations > 0;
    this.life.close(this.#closing);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    const { phase, legs } = this.life;
    const parts = [this.package, ...this.details(), `${phase} after ${legs} ${legs === 1 ? "leg" : "legs"}`];
    if (phase === "complete") parts.push(`flags ${this.flags === "unknown" ? "unknown" : this.flags.join(" ")}`);
    return `${this.constructor.name} { ${parts.join(", ")} }`;
  }

  /** Text that a subclass adds when the context is printed. */
  protected details(): readonly string[] {
    return [];
  }
}
