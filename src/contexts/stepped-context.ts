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

/** What a client's and a server's context have that an imported one has not: legs, and what they are made with. */
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

  /** Whether {@link shutdown} was called: nothing more can be sent. */
  get shutDown(): boolean {
    return this.life.shutDown;
  }

  /**
   * Goes on with another credential of the same package, from the next step on: where a leg was
   * `incomplete-credentials`, say. The context keeps it alive, and the one before it too, until it is closed.
   *
   * @throws ContextStateError unless there are legs to go, RangeError for a credential of another package or use,
   * DisposedError for a closed one.
   * @see InitializeSecurityContextW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-initializesecuritycontextw
   */
  useCredential(credential: Credential): void {
    this.#exchange.useCredential(credential);
  }

  /**
   * Has a complete context initialised again: the next call of `step` begins anew, on the same `CtxtHandle`. A client
   * begins without a token, or with the server's where the server asked; a server with the client's, or with no bytes
   * to ask the client. Until it is complete again there are no messages, flags and expiry, and what `require` names is
   * insisted on once more. An exchange that fails has its context deleted, as ever.
   *
   * @throws ContextStateError unless the context is complete.
   * @see InitializeSecurityContextW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-initializesecuritycontextw
   */
  reauthenticate(): void {
    this.#exchange.reauthenticate();
    this.forgetSizes();
  }

  /**
   * Ends a connection in an orderly way: the bytes that tell the peer so (close_notify, with TLS), possibly none.
   * Afterwards the context decrypts what still comes, takes the legs that the peer asks for, and nothing else.
   *
   * @throws ContextStateError unless the context is complete, and when it was shut down before.
   * @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` where the package has no such thing.
   * @throws CancelledError after `timeout` or when `signal` is aborted: the context has failed then.
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

  /** A leg off the event loop, traced where somebody listens. */
  protected leg(side: LegTrace["side"], token: Uint8Array | undefined, options?: StepOptions): Promise<Leg> {
    if (!legChannel.hasSubscribers) return this.#exchange.step(token, options);
    return timed(() => this.#exchange.step(token, options), legEnding(this, side, token, false));
  }

  /** The same on this thread. */
  protected legSync(side: LegTrace["side"], token: Uint8Array | undefined, options?: LegOptions): Leg {
    if (!legChannel.hasSubscribers) return this.#exchange.stepSync(token, options);
    return timedSync(() => this.#exchange.stepSync(token, options), legEnding(this, side, token, true));
  }
}
