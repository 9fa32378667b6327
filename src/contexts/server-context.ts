import type { AscReq, AscReq64, AscRet, AscRet64 } from "../../generated/sspi/constants.ts";
import type { Credential } from "../credentials/index.ts";
import { checkName, madeHere, type OptionNames, readOptions } from "../values/index.ts";
import { delegatedCredential } from "./delegated-credential.ts";
import { checkBindingsReach } from "./legs/channel-bindings.ts";
import { Exchange } from "./legs/exchange.ts";
import type { Leg } from "./legs/leg.ts";
import { type ContextOptions, contextOptionHints, contextOptionNames, planOf } from "./legs/plan.ts";
import { serverSide } from "./legs/server-side.ts";
import { acquiredFor } from "./legs/side.ts";
import type { LegOptions, StepOptions } from "./legs/step-options.ts";
import { type Peer, PeerNameError, type PeerOptions } from "./peer.ts";
import { clientOf } from "./read-peer.ts";
import { SteppedContext } from "./stepped-context.ts";

const peerOptionNames: OptionNames<PeerOptions> = { form: true };

/** A flag that a server asks for: `ASC_REQ_*` by name, those beyond 32 bits included. */
export type ServerRequestFlag = AscReq | AscReq64;
/** A flag that a server can insist on: one that it asks for, and is told that it was granted. */
export type ServerRequirement = Extract<ServerRequestFlag, AscRet | AscRet64>;

/** What a server asks of a context. */
export interface ServerContextOptions extends ContextOptions<ServerRequestFlag, ServerRequirement> {}

/** The server's side of an authentication. */
export class ServerContext extends SteppedContext<AscRet, AscRet64> {
  /**
   * Nothing native happens before the first step.
   *
   * @throws TypeError or RangeError naming the option that is wrong, DisposedError for a closed credential.
   */
  constructor(credential: Credential, options: ServerContextOptions = {}) {
    const acquired = acquiredFor(serverSide, credential);
    const given = readOptions<ServerContextOptions>(options, "options", contextOptionNames, contextOptionHints);
    const plan = planOf(given, serverSide.flags, credential.provider.traits);
    checkBindingsReach("server", credential, plan.bindings);
    super(madeHere, new Exchange(new.target.name, acquired, plan, serverSide), serverSide.flags);
  }

  /**
   * One leg with the client's token, off the event loop: it may ask a domain controller. A `complete` leg may
   * have a token too, which the client still needs.
   *
   * @param options more input for the package, output to ask it for, and how long to wait.
   * @returns what to do next, and the token for the client.
   * @throws SspiError; where it has a `token`, send that to the client before you hang up.
   * @throws CancelledError after `timeout` or when `signal` is aborted: the context has failed then, and what it holds is
   * released when the native call returns.
   * @throws RequirementError when the context completed without something that `require` names.
   * @see AcceptSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acceptsecuritycontext
   */
  step(token: Uint8Array, options?: StepOptions): Promise<Leg> {
    return this.leg("server", token, options);
  }

  /**
   * {@link step} on this thread: faster where no one has to be asked, and simpler in a REPL.
   *
   * @see AcceptSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acceptsecuritycontext
   */
  stepSync(token: Uint8Array, options?: LegOptions): Leg {
    return this.legSync("server", token, options);
  }

  /**
   * The client, by the name that the package has authenticated (`names`; on WinPR its own attribute, which NTLM has).
   *
   * @throws ContextStateError before the context is complete.
   * @param options in which form; `{ form: "windows" }` for `EXAMPLE\alice`.
   * @throws PeerNameError for an anonymous client and a guest, where the package does not tell the client's name, and for one that
   *   has no name in the form that was asked for.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  override peer(options: PeerOptions = {}): Peer {
    const given = readOptions<PeerOptions>(options, "options", peerOptionNames);
    if (given.form !== undefined) checkName(given.form, "form", ["mechanism", "windows"]);
    const context = this.life.established("peer");
    if (this.hasFlag("nullSession") === true) throw new PeerNameError("it is anonymous");
    return clientOf(this.package, context, given, () => this.life.established("groups"));
  }

  /**
   * What the client has delegated (`ISC_REQ_DELEGATE`, with a forwardable ticket): a credential to act as the client with
   * towards others, independent of this context. The caller owns and closes it; each call gives another.
   *
   * @throws ContextStateError before the context is complete.
   * @throws SspiError `SEC_E_NO_CREDENTIALS` where the client has delegated nothing; `SEC_E_UNSUPPORTED_FUNCTION` where
   *   the provider neither hands it out nor impersonates.
   * @see ImpersonateSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-impersonatesecuritycontext
   */
  delegated(): Credential {
    const context = this.life.established("delegated");
    return delegatedCredential(this.package, context, this.hasFlag("delegate") === true);
  }
}
