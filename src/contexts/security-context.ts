import { inspect } from "node:util";
import type { ContextAttributes } from "../../generated/attributes.ts";
import type { AttributeDeclaration } from "../ctypes/index.ts";
import { checkAttribute, type ReleaseFunction } from "../memory/index.ts";
import { checkKey, flagNames } from "../values/index.ts";
import { type AccessToken, openAccessToken } from "./access-token.ts";
import { ContextStateError } from "./context-state-error.ts";
import { applyControlToken, type ControlToken } from "./control-token.ts";
import { type ExportedContext, type ExportOptions, exportContext, readExportOptions } from "./export-context.ts";
import { impersonate } from "./impersonate.ts";
import { MessageContext } from "./message-context.ts";
import type { Peer, PeerOptions } from "./peer.ts";
import { queryContext, queryDeclared } from "./query-context.ts";

/**
 * What client and server contexts have in common: an authentication that goes leg by leg and, when it is
 * complete, the protection of messages with what was agreed. Owns a `CtxtHandle`, and keeps its credential
 * alive; close it, or declare it with `using`.
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

  /** Whether {@link close} was called, the exchange failed, or an export took the native context with it. */
  get closed(): boolean {
    return this.life.closed;
  }

  /** How many legs this side has taken. */
  get legs(): number {
    return this.life.legs;
  }

  /** When the context expires; undefined before it is complete, and where the provider does not say. */
  get expiry(): Date | undefined {
    return this.life.expiry;
  }

  /**
   * What the complete context has, by the names of `ISC_RET_*` or `ASC_RET_*`; `"unknown"` where the provider
   * does not report it.
   *
   * @throws ContextStateError before the context is complete: flags of earlier legs mean nothing.
   */
  get flags(): readonly Flag[] | "unknown" {
    this.life.established("flags");
    const bits = this.life.granted;
    return bits === undefined ? "unknown" : flagNames(this.possibleFlags.granted, bits);
  }

  /**
   * Whether the complete context has a flag; `"unknown"` too for those beyond 32 bits, which no function reports.
   *
   * @throws ContextStateError before it is complete, RangeError for no flag.
   */
  hasFlag(flag: Flag | Unreported): boolean | "unknown" {
    const { flags } = this;
    const { granted, wideGranted } = this.possibleFlags;
    const unreported = typeof flag === "string" && Object.hasOwn(wideGranted, flag);
    if (!unreported) checkKey(flag, "flag", granted);
    return flags === "unknown" || unreported ? "unknown" : flags.includes(flag as Flag);
  }

  /**
   * An attribute by name; field names are the header's. Strings, bytes and times are plain values, and what
   * the package allocated for them is freed. A package's own attribute is asked for by its declaration.
   *
   * @throws ContextStateError before a leg has made the context; on WinPR before it is complete, which WinPR does not survive.
   * @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` where the package does not answer it.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  query<A extends keyof ContextAttributes>(attribute: A): ContextAttributes[A];
  /**
   * An attribute that you have declared, as `npx sspi-ffi generate` does: a package's own, by its number and struct.
   *
   * @throws as for an attribute by name; TypeError or RangeError for what is no declaration.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  query<T>(attribute: AttributeDeclaration<T, ReleaseFunction>): T;
  query(attribute: keyof ContextAttributes | AttributeDeclaration<unknown, ReleaseFunction>): unknown {
    const context = this.life.context();
    const { traits, label } = context.provider;
    if (!traits.queriesKeysEarly && this.life.phase !== "complete")
      throw new ContextStateError(
        `query: ${label} answers attributes of complete contexts only; this one has legs to go`,
      );
    if (typeof attribute === "object" && attribute !== null)
      return queryDeclared(context, checkAttribute(attribute, "attribute"));
    return queryContext(context, attribute);
  }

  /**
   * Who is at the other end, by the name that the mechanism has authenticated: a server's client, or the server of a
   * client that was granted `mutualAuth`. The target that a client asked for is never taken for the server's name.
   *
   * @throws ContextStateError before the context is complete.
   * @throws PeerNameError where the peer is anonymous or has not shown who it is, where the provider does not tell, and
   *   from an imported context, which does not know which side it is.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  abstract peer(options?: PeerOptions): Peer;

  /**
   * A token handle of the client, for this server to use with the functions of Windows. The caller owns it
   * and closes it; `value` is the `HANDLE`.
   *
   * @throws SspiError
   * @see QuerySecurityContextToken https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querysecuritycontexttoken
   */
  accessToken(): AccessToken {
    return openAccessToken(this.life.established("accessToken"));
  }

  /**
   * Runs `work` with this thread impersonating the client, and reverts, also when `work` throws. `work` is
   * synchronous: impersonation belongs to the thread, so nothing may go on after it.
   *
   * @throws TypeError for async functions and generators, before they run; for a promise, after it was made.
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
   * The context as bytes, which `importContext` goes on with in another process of this machine. With `deleteOld`
   * this one is gone and only to be closed; without it both go on, and the package says what that means. On the system's
   * GSSAPI both count in one sequence, each with a replay window of its own: there `keepOld` has to say so.
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
   * Gives the package a token that is not of the peer: bytes of the package's own form, or one of Schannel's by name.
   *
   * @throws TypeError or RangeError naming what is wrong with the token.
   * @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` where the package takes none.
   * @see ApplyControlToken https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-applycontroltoken
   */
  applyControlToken(token: Uint8Array | ControlToken): void {
    applyControlToken(this.life.context(), token);
  }

  /**
   * Deletes the context and lets go of its credential. Harmless when repeated; while a step is under way,
   * or work that impersonates the client, it takes effect when that has ended.
   *
   * @see DeleteSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-deletesecuritycontext
   */
  close(): void {
    // Only the context that was impersonated can be reverted.
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

  /** What a side adds to what is shown of it. */
  protected details(): readonly string[] {
    return [];
  }
}
