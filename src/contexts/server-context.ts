import type { AscReq, AscReq64, AscRet, AscRet64 } from "../../generated/sspi/constants.ts";
import type { Credential } from "../credentials/index.ts";
import { checkName, madeHere, type OptionNames, readOptions, unset } from "../values/index.ts";
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

const noOptions = unset(contextOptionNames);
const peerOptionNames: OptionNames<PeerOptions> = { form: true };

/** A flag that a server asks for: `ASC_REQ_*` by name, those beyond 32 bits included. */
export type ServerRequestFlag = AscReq | AscReq64;
/** A flag that a server can require: one that it can request and whose grant can be reported to it. */
export type ServerRequirement = Extract<ServerRequestFlag, AscRet | AscRet64>;

/** The options of a server context. */
export interface ServerContextOptions extends ContextOptions<ServerRequestFlag, ServerRequirement> {}

/** The server's side of an authentication. */
export class ServerContext extends SteppedContext<AscRet, AscRet64> {
  readonly #exchange: Exchange;

  /**
   * Nothing native happens before the first step.
   *
   * @throws TypeError or RangeError naming the option that is wrong, DisposedError for a closed credential.
   */
  constructor(credential: Credential, options: ServerContextOptions = {}) {
    const acquired = acquiredFor(serverSide, credential);
    const given = readOptions<ServerContextOptions>(options, "options", contextOptionNames, contextOptionHints, {
      ...noOptions,
    });
    const plan = planOf(given, serverSide.flags, credential.provider.traits);
    checkBindingsReach("server", credential, plan.bindings);
    const exchange = new Exchange(new.target.name, acquired, plan, serverSide);
    super(madeHere, exchange, serverSide.flags);
    this.#exchange = exchange;
  }

  /**
   * Runs one leg with the client's token off the event loop, because the leg may ask a domain controller. A `complete`
   * leg may also have a token, which the client still needs.
   *
   * @param options more input for the package, output to ask it for, and how long to wait.
   * @returns what to do next, and the token for the client.
   * @throws SspiError; if the error has a `token`, send that to the client before you close the connection.
   * @throws CancelledError after `timeout` or when `signal` is aborted: the context has then failed, and its handles
   * are released when the native call returns.
   * @throws RequirementError when the context completed without a flag that `require` names.
   * @see AcceptSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acceptsecuritycontext
   */
  step(token: Uint8Array, options?: StepOptions): Promise<Leg> {
    return this.leg("server", token, options);
  }

  /**
   * {@link step} on this thread: faster where no domain controller has to be asked, and simpler in a REPL.
   *
   * @see AcceptSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acceptsecuritycontext
   */
  stepSync(token: Uint8Array, options?: LegOptions): Leg {
    return this.legSync("server", token, options);
  }

  /**
   * The client, under the name that the package has authenticated (attribute `names`; on WinPR a WinPR attribute that
   * only NTLM has).
   *
   * @throws ContextStateError before the context is complete.
   * @param options the form of the name; `{ form: "windows" }` for `EXAMPLE\alice`.
   * @throws PeerNameError for an anonymous client and a guest, where the package does not report the client's name, and
   *   for a client without a name in the requested form.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  override peer(options: PeerOptions = {}): Peer {
    const given = readOptions<PeerOptions>(options, "options", peerOptionNames);
    if (given.form !== undefined) checkName(given.form, "form", ["mechanism", "windows"]);
    const context = this.life.established("peer");
    if (this.hasFlag("nullSession") === true) throw new PeerNameError("it is anonymous");
    const { proof } = this.#exchange;
    return clientOf(this.package, context, given, proof, () => this.life.established("groups"));
  }

  /**
   * The credential that the client has delegated (`ISC_REQ_DELEGATE`, with a forwardable ticket). With it the server
   * acts as the client towards other servers, independently of this context. The caller owns and closes it; each call
   * returns a new one.
   *
   * @throws ContextStateError before the context is complete.
   * @throws SspiError `SEC_E_NO_CREDENTIALS` where the client has delegated nothing; `SEC_E_UNSUPPORTED_FUNCTION` where
   *   the provider can neither return the credential nor impersonate.
   * @see ImpersonateSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-impersonatesecuritycontext
   */
  delegated(): Credential {
    const context = this.life.established("delegated");
    return delegatedCredential(this.package, context, this.hasFlag("delegate") === true);
  }
}
