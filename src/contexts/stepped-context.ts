import type { Credential } from "../credentials/index.ts";
import {
  type LegTrace,
  legChannel,
  legEnding,
  shutdownChannel,
  shutdownEnding,
  timed,
  timedSync,
} from "../tracing/index.ts";
import { type CancelOptions, checkMadeHere, type madeHere } from "../values/index.ts";
import type { Exchange } from "./legs/exchange.ts";
import type { Leg } from "./legs/leg.ts";
import type { LegOptions, StepOptions } from "./legs/step-options.ts";
import { type ContextFlags, contextsMadeBy } from "./message-context.ts";
import { SecurityContext } from "./security-context.ts";

/** The common base of client and server contexts that, unlike imported contexts, take legs with a credential. */
export abstract class SteppedContext<Flag extends string, Unreported extends string> extends SecurityContext<
  Flag,
  Unreported
> {
  readonly #exchange: Exchange;

  protected constructor(key: typeof madeHere, exchange: Exchange, possible: ContextFlags<Flag, Unreported>) {
    checkMadeHere(key, contextsMadeBy);
    super(key, exchange.life, possible);
    this.#exchange = exchange;
  }

  /** Whether {@link shutdown} was called: after that nothing can be sent. */
  get shutDown(): boolean {
    return this.life.shutDown;
  }

  /**
   * Uses another credential of the same package from the next step on, for example after an `incomplete-credentials`
   * leg. The context keeps this credential and the earlier one alive until it is closed.
   *
   * @throws ContextStateError unless the exchange has begun and is not complete, RangeError for a credential of another
   * package or use, DisposedError for a closed one.
   * @see InitializeSecurityContextW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-initializesecuritycontextw
   */
  useCredential(credential: Credential): void {
    this.#exchange.useCredential(credential);
  }

  /**
   * Prepares a complete context for a second authentication: the next call of `step` starts it on the same
   * `CtxtHandle`. A client starts without a token, or with the server's token if the server asked for it; a server
   * starts with the client's token, or with zero bytes to ask the client. Until the context is complete again,
   * messages, flags and expiry are unavailable; then the flags that `require` names are checked again. If the exchange
   * fails, the context is deleted as usual.
   *
   * @throws ContextStateError unless the context is complete.
   * @see InitializeSecurityContextW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-initializesecuritycontextw
   */
  reauthenticate(): void {
    this.#exchange.reauthenticate();
    this.forgetSizes();
  }

  /**
   * Ends a connection in an orderly way. Returns the bytes that announce this to the peer (close_notify, with TLS),
   * possibly none. Afterwards the context only decrypts what still arrives and takes the legs that the peer asks for.
   *
   * @throws ContextStateError unless the context is complete, and when it was shut down before.
   * @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` where the package has no shutdown.
   * @throws CancelledError after `timeout` or when `signal` is aborted: the context has then failed.
   * @see ApplyControlToken https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-applycontroltoken
   */
  shutdown(options?: CancelOptions): Promise<Buffer<ArrayBuffer>> {
    if (!shutdownChannel.hasSubscribers) return this.#exchange.shutdown(options);
    return timed(() => this.#exchange.shutdown(options), shutdownEnding(this, false));
  }

  /**
   * {@link shutdown} on this thread.
   *
   * @see ApplyControlToken https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-applycontroltoken
   */
  shutdownSync(): Buffer<ArrayBuffer> {
    if (!shutdownChannel.hasSubscribers) return this.#exchange.shutdownSync();
    return timedSync(() => this.#exchange.shutdownSync(), shutdownEnding(this, true));
  }

  /** Runs a leg off the event loop, traced if the diagnostics channel has a subscriber. */
  protected leg(side: LegTrace["side"], token: Uint8Array | undefined, options?: StepOptions): Promise<Leg> {
    if (!legChannel.hasSubscribers) return this.#exchange.step(token, options);
    return timed(() => this.#exchange.step(token, options), legEnding(this, side, token, false));
  }

  /** Runs a leg on this thread, traced if the diagnostics channel has a subscriber. */
  protected legSync(side: LegTrace["side"], token: Uint8Array | undefined, options?: LegOptions): Leg {
    if (!legChannel.hasSubscribers) return this.#exchange.stepSync(token, options);
    return timedSync(() => this.#exchange.stepSync(token, options), legEnding(this, side, token, true));
  }
}
