import type { IscReq, IscReq64, IscRet, IscRet64 } from "../../generated/sspi/constants.ts";
import type { Credential } from "../credentials/index.ts";
import { madeHere, type OptionNames, readOptions, unset } from "../values/index.ts";
import { checkBindingsReach } from "./legs/channel-bindings.ts";
import { clientSide } from "./legs/client-side.ts";
import { Exchange } from "./legs/exchange.ts";
import type { Leg } from "./legs/leg.ts";
import { type ContextOptions, contextOptionHints, contextOptionNames, planOf } from "./legs/plan.ts";
import { acquiredFor } from "./legs/side.ts";
import type { LegOptions, StepOptions } from "./legs/step-options.ts";
import { checkTarget } from "./legs/target.ts";
import { type Peer, PeerNameError } from "./peer.ts";
import { serverOf } from "./read-peer.ts";
import { SteppedContext } from "./stepped-context.ts";

/** A flag that a client asks for: `ISC_REQ_*` by name, those beyond 32 bits included. */
export type ClientRequestFlag = IscReq | IscReq64;
/** A flag that a client can require: one that it can request and whose grant can be reported to it. */
export type ClientRequirement = Extract<ClientRequestFlag, IscRet | IscRet64>;

/** The options of a client context: what it requests, and which server it authenticates to. */
export interface ClientContextOptions extends ContextOptions<ClientRequestFlag, ClientRequirement> {
  /**
   * The server to authenticate to: a service principal name such as `"HTTP/intranet.example"`, or a host name for
   * Schannel.
   */
  readonly target?: string;
}

export const clientOptionNames: OptionNames<ClientContextOptions> = { ...contextOptionNames, target: true };

const noOptions = unset(clientOptionNames);

/** The client's side of an authentication. */
export class ClientContext extends SteppedContext<IscRet, IscRet64> {
  /** The target as the package receives it: for Schannel, the host name in its DNS form (`xn--…`). */
  readonly target: string | undefined;

  /**
   * Nothing native happens before the first step.
   *
   * @throws TypeError or RangeError naming the option that is wrong, DisposedError for a closed credential.
   */
  constructor(credential: Credential, options: ClientContextOptions = {}) {
    const acquired = acquiredFor(clientSide, credential);
    const given = readOptions<ClientContextOptions>(options, "options", clientOptionNames, contextOptionHints, {
      ...noOptions,
    });
    const target = checkTarget(given.target, credential.package);
    const plan = planOf(given, clientSide.flags, credential.provider.traits, target);
    checkBindingsReach("client", credential, plan.bindings);
    super(madeHere, new Exchange(new.target.name, acquired, plan, clientSide), clientSide.flags);
    this.target = target;
  }

  /**
   * Runs one leg off the event loop, because the leg may ask a domain controller. The first leg takes no token, unless
   * the server began the exchange; the later legs take the server's answer, or nothing after `incomplete-credentials`.
   *
   * @param options more input for the package, output to ask it for, and how long to wait.
   * @returns what to do next, and the token for the server.
   * @throws SspiError; if the error has a `token`, send that to the server before you close the connection.
   * @throws CancelledError after `timeout` or when `signal` is aborted: the context has then failed, and its handles
   * are released when the native call returns.
   * @throws RequirementError when the context completed without a flag that `require` names.
   * @see InitializeSecurityContextW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-initializesecuritycontextw
   */
  step(token?: Uint8Array, options?: StepOptions): Promise<Leg> {
    return this.leg("client", token, options);
  }

  /**
   * {@link step} on this thread: faster where no domain controller has to be asked, and simpler in a REPL.
   *
   * @see InitializeSecurityContextW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-initializesecuritycontextw
   */
  stepSync(token?: Uint8Array, options?: LegOptions): Leg {
    return this.legSync("client", token, options);
  }

  /**
   * The server, under the name that it has proved: a service principal such as `HTTP/intranet.example`.
   *
   * @throws ContextStateError before the context is complete.
   * @throws PeerNameError unless `mutualAuth` was granted and the package reports the server's name (`nativeNames`).
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  peer(): Peer {
    const context = this.life.established("peer");
    const mutual = this.hasFlag("mutualAuth");
    if (mutual !== true)
      throw new PeerNameError(
        mutual ? "the provider does not report mutualAuth" : "the server has not authenticated itself (mutualAuth)",
      );
    return serverOf(this.package, context);
  }

  protected override details(): readonly string[] {
    return this.target === undefined ? [] : [`target ${JSON.stringify(this.target)}`];
  }
}
