import { SEC_E_OK, SEC_I_CONTEXT_EXPIRED } from "../../../generated/status/constants.ts";
import type { Acquired, Credential, SamState } from "../../credentials/index.ts";
import { type HandleSlot, leaseWorkspace, SharedHandle, type Workspace } from "../../memory/index.ts";
import type { SecurityProvider } from "../../native/index.ts";
import { failure, isFailure, type SspiError, statusFact } from "../../status/index.ts";
import { Cancellation, type CancelOptions, cancelNames, readOptions } from "../../values/index.ts";
import { ContextHandles } from "../context-handles.ts";
import { ContextLife } from "../context-life.ts";
import { applyControlToken, readControlToken } from "../control-token.ts";
import { completeAuthToken, completeAuthTokenAsync, onceCompleted } from "./complete-auth-token.ts";
import { inTurn } from "./in-turn.ts";
import { type Leg, legOf, repeatsMessage } from "./leg.ts";
import {
  giveBack,
  type LegAdditions,
  type LegCall,
  type LegOutcome,
  madeNoContext,
  messageOf,
  prepareLeg,
  readBack,
  withoutInput,
} from "./leg-call.ts";
import { PeerMessage } from "./peer-message.ts";
import { checkedToken } from "./peer-token.ts";
import type { Plan } from "./plan.ts";
import { checkRequirements } from "./requirements.ts";
import { acquiredFor, type Side, separateCredentialOf } from "./side.ts";
import { additionsOf, type LegOptions, readLegOptions, readStepOptions, type StepOptions } from "./step-options.ts";
import type { Proof } from "./winpr-sam.ts";

/** Runs the legs of a context. The context's {@link ContextLife} holds its handles and its state. */
export class Exchange {
  readonly life: ContextLife<ContextHandles>;
  readonly #acquired: Acquired;
  readonly #provider: SecurityProvider;
  readonly #plan: Plan;
  readonly #side: Side;
  readonly #message = new PeerMessage();
  /** How many legs the current authentication has taken; a re-authentication starts again at 0. */
  #round = 0;
  /**
   * Whether the package has still to take the first message of the current authentication, with its opening buffers.
   */
  #opens = true;
  /** The slot to which the first leg writes the context's handle, until it is known whether the leg made a context. */
  #pending: HandleSlot | undefined;
  /** The running or last native call, if it runs off the event loop. */
  #offLoop: Promise<number> | undefined;
  #proof: Proof | undefined;
  #before: SamState | undefined;
  /** Whether the current leg has additional input, which may be secret. */
  #confidential = false;

  constructor(name: string, acquired: Acquired, plan: Plan, side: Side) {
    this.#acquired = acquired;
    this.#provider = acquired.handle.provider;
    this.#plan = plan;
    this.#side = side;
    const handles = new ContextHandles(acquired.handle, separateCredentialOf(side, acquired));
    this.life = new ContextLife(name, acquired.package.name, this.#provider, handles, "new");
  }

  /** Tells whom the complete context has authenticated, where the package itself reports a claim. */
  get proof(): Proof | undefined {
    return this.#proof;
  }

  /** Lets a complete context take legs again. */
  reauthenticate(): void {
    this.life.reopen();
    this.#round = 0;
    this.#opens = true;
  }

  /** Uses another credential for the legs to come. */
  useCredential(credential: Credential): void {
    const acquired = acquiredFor(this.#side, credential);
    this.life.refuseUnusable();
    if (this.life.phase !== "stepping")
      throw this.life.stateError("another credential is for a context that still has legs to go");
    if (acquired.handle.provider !== this.#provider || acquired.package.name !== this.#acquired.package.name)
      throw new RangeError(`credential: expected one of ${this.#acquired.package.name}, from the context's provider`);
    this.life.handles.useCredential(acquired.handle, separateCredentialOf(this.#side, acquired));
  }

  /** Returns the message that tells the peer that nothing more will be sent. */
  shutdownSync(): Buffer<ArrayBuffer> {
    const call = this.#announceEnd(this.life.established("shutdown"));
    try {
      return this.#ended(call, this.#side.call(this.#provider, this.#plan, call));
    } finally {
      this.#leave(call.workspace);
    }
  }

  async shutdown(options?: CancelOptions): Promise<Buffer<ArrayBuffer>> {
    const given = options === undefined ? undefined : readOptions<CancelOptions>(options, "options", cancelNames);
    const [context, cancellation] = [this.life.established("shutdown"), Cancellation.of(this.#side.operation, given)];
    const end = (): LegCall => this.#announceEnd(context);
    return this.#runOffLoop(cancellation, undefined, end, async (call) => {
      const answer = await this.#awaited(this.#side.callAsync(this.#provider, this.#plan, call));
      cancellation?.throwIfCancelled();
      return this.#ended(call, answer);
    });
  }

  stepSync(token: Uint8Array | undefined, options?: LegOptions): Leg {
    const given = readLegOptions(options);
    const bytes = this.#admit(token);
    const additions = this.#additions(given);
    const call = this.#prepare(bytes && this.#checked(bytes), additions);
    try {
      const answer = this.#side.call(this.#provider, this.#plan, call);
      this.#keepContext(call, answer);
      return this.#settle(call, answer, completeAuthToken(this.#provider, call, answer));
    } catch (error) {
      this.#fail();
      throw error;
    } finally {
      this.#leave(call.workspace);
    }
  }

  async step(token: Uint8Array | undefined, options?: StepOptions): Promise<Leg> {
    const given = readStepOptions(options);
    const bytes = this.#admit(token);
    const additions = this.#additions(given);
    // Copy the token: parts of it may be kept after the leg, when the caller may have reused its buffer.
    const input = bytes && this.#checked(Buffer.from(bytes));
    const cancellation = Cancellation.of(this.#side.operation, given);
    // Additional input of the caller is read now. Without it, the usual case, a leg takes no memory before its turn.
    const early = additions && this.#prepare(input, additions);
    const prepare = () => this.#prepare(input, undefined);
    return this.#runOffLoop(cancellation, early, prepare, (call) => this.#stepping(call, cancellation));
  }

  async #stepping(call: LegCall, cancellation: Cancellation | undefined): Promise<Leg> {
    try {
      const answer = await this.#awaited(this.#side.callAsync(this.#provider, this.#plan, call));
      this.#keepContext(call, answer);
      cancellation?.throwIfCancelled();
      const completing = completeAuthTokenAsync(this.#provider, call, answer);
      const completion = completing && (await this.#awaited(completing));
      cancellation?.throwIfCancelled();
      return this.#settle(call, answer, completion);
    } catch (error) {
      this.#fail();
      throw error;
    }
  }

  /**
   * Makes a call when its turn comes. If the caller stops waiting, the context has failed and is released after the
   * call.
   */
  #runOffLoop<T>(
    cancellation: Cancellation | undefined,
    early: LegCall | undefined,
    prepare: () => LegCall,
    run: (call: LegCall) => Promise<T>,
  ): Promise<T> {
    this.life.enter();
    const work = this.#inTurn(cancellation, early, prepare, run);
    if (!cancellation) return work;
    cancellation.onCancel(() => this.life.giveUp());
    return cancellation.race(work, () => this.#fail());
  }

  async #inTurn<T>(
    cancellation: Cancellation | undefined,
    early: LegCall | undefined,
    prepare: () => LegCall,
    run: (call: LegCall) => Promise<T>,
  ): Promise<T> {
    let call = early;
    try {
      return await inTurn(this.#provider, this.#side.kind, cancellation, () => {
        call ??= prepare();
        return run(call);
      });
    } catch (error) {
      if (cancellation?.error) this.#fail();
      throw error;
    } finally {
      this.#leave(call?.workspace);
    }
  }

  /** Checks a call of step and returns the peer's bytes for the package. */
  #admit(token: Uint8Array | undefined): Uint8Array | undefined {
    this.life.refuseUnusable();
    if (this.life.phase === "complete")
      throw this.life.stateError("the exchange is complete, there is no further step");
    const bytes = this.#message.next(token);
    if (!bytes && !(this.#round === 0 && this.#side.mayBegin))
      throw new TypeError("token: expected the peer's message (a Uint8Array or Buffer), got undefined");
    if (this.#round >= this.#plan.maxLegs) {
      this.#fail();
      throw this.life.stateError(`the exchange was given up after ${this.#round} legs (maxLegs)`);
    }
    return bytes;
  }

  /** Collects the additional input of a leg. Wrong input makes this call throw, but the exchange does not fail. */
  #additions(options: LegOptions | undefined): LegAdditions | undefined {
    const additions = additionsOf(this.#plan, this.#opens, options);
    this.life.handles.separateCredential();
    return additions;
  }

  #checked(token: Uint8Array): Uint8Array {
    try {
      return checkedToken(token, this.#provider.traits, this.#side.operation);
    } catch (error) {
      this.#fail();
      throw error;
    }
  }

  #prepare(token: Uint8Array | undefined, additions: LegAdditions | undefined): LegCall {
    const workspace = leaseWorkspace();
    this.life.enter();
    this.#offLoop = undefined;
    this.#confidential = additions !== undefined;
    try {
      const { maxToken } = this.#acquired.package;
      const call = prepareLeg(workspace, this.#plan, this.life.handles, token, maxToken, additions);
      if (call.first) this.#pending = call.slot;
      else this.#before = this.#side.usersBefore?.(this.#acquired);
      return call;
    } catch (error) {
      this.#leave(workspace);
      throw error;
    }
  }

  /** Marks the context shut down even if the package produces no closing message. */
  #announceEnd(context: SharedHandle): LegCall {
    applyControlToken(context, readControlToken({ type: "shutdown" }));
    this.life.endSending();
    return withoutInput(this.#prepare(undefined, undefined));
  }

  #ended(call: LegCall, answer: number): Buffer<ArrayBuffer> {
    const { operation } = this.#side;
    const { token } = readBack(this.#provider, call, { operation, failed: isFailure(answer) });
    if (answer !== SEC_E_OK && answer !== SEC_I_CONTEXT_EXPIRED) throw this.#failure(operation, answer, token);
    return token ?? Buffer.alloc(0);
  }

  /** `completion` is the status of completing the token, undefined if the leg did not ask for that. */
  #settle(call: LegCall, answer: number, completion: number | undefined): Leg {
    const completed = completion === undefined || completion === SEC_E_OK;
    const failed = isFailure(answer) || !completed;
    const outcome = readBack(this.#provider, call, { operation: this.#side.operation, failed });
    if (!completed) throw this.#failure("CompleteAuthToken", completion, messageOf(outcome));
    return this.#decide(onceCompleted(answer), outcome, call);
  }

  #failure(operation: string, status: number, token: Buffer | undefined): SspiError {
    const cause = this.#provider.explain?.(status >>> 0, this.#offLoop) ?? this.#side.explain?.(this.#acquired);
    return failure({ operation, status, token, cause });
  }

  #awaited(call: Promise<number>): Promise<number> {
    this.#offLoop = call;
    return call;
  }

  #leave(workspace: Workspace | undefined): void {
    if (workspace) giveBack(workspace, this.#confidential);
    this.life.leave();
  }

  /** Takes ownership of the context if a first leg did not fail and wrote a handle, whatever happens next. */
  #keepContext({ first, slot }: LegCall, answer: number): void {
    if (!first) return;
    this.#pending = undefined;
    if (isFailure(answer) || !slot.filled) {
      slot.giveBack();
      return;
    }
    this.life.handles.context = new SharedHandle(this.#provider, slot, "DeleteSecurityContext");
  }

  #decide(status: number, outcome: LegOutcome, call: LegCall): Leg {
    const leg = legOf(statusFact(status).code, outcome);
    if (!leg) {
      this.life.handles.forgetUndeletable(this.#provider, this.#acquired.package.name);
      throw this.#failure(this.#side.operation, status, messageOf(outcome));
    }
    if (leg.status === "incomplete-message") {
      this.#message.keepPart(call.token, this.#side.operation);
      return leg;
    }
    this.#round += 1;
    if (repeatsMessage(leg)) this.#message.keepAll(call.token);
    else {
      this.#message.drop();
      this.#opens = false;
    }
    this.life.stepped();
    const { context } = this.life.handles;
    if (leg.status === "complete") this.#complete(outcome, call.workspace);
    else if (call.first && context) this.#side.created?.(context, this.#acquired);
    return leg;
  }

  #complete({ attributes }: LegOutcome, { expiry }: Workspace): void {
    const { context } = this.life.handles;
    if (!context) throw madeNoContext(this.#side.operation);
    checkRequirements(this.#plan, this.#side.flags.granted, attributes);
    this.#proof = this.#side.completed?.(context, this.#acquired, this.#before);
    this.life.complete(attributes, expiry);
  }

  #fail(): void {
    this.#pending?.giveBack();
    this.#pending = undefined;
    this.life.fail();
  }
}
