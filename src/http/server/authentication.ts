import type { IncomingMessage } from "node:http";
import { ServerContext } from "../../contexts/index.ts";
import { readCredentials } from "../challenge.ts";
import { HttpAuthenticationError } from "../http-authentication-error.ts";
import type { HttpScheme } from "../scheme.ts";
import { beginsHandshake, continuesHandshake, hasNtlm } from "../token-kind.ts";
import { readToken68, writeToken68 } from "../token68.ts";
import type { Acceptor } from "./acceptors.ts";
import type { Policy } from "./authenticator-options.ts";
import type { Connection } from "./connection.ts";
import type { Handshake } from "./handshake.ts";
import type { HttpUser } from "./http-user.ts";
import { identify } from "./identify.ts";
import { errorTokenOf, refusalOf } from "./refusal.ts";
import { bindingsOf } from "./socket-bindings.ts";
import { answer, type Verdict } from "./verdict.ts";
import { warnOf } from "./warn-of.ts";

/** The most legs of one handshake: Negotiate takes three at most, and NTLM inside SPNEGO four. */
const mostLegs = 6;

interface ClientToken {
  readonly acceptor: Acceptor;
  readonly bytes: Buffer;
}

interface Completed {
  readonly user: HttpUser;
  readonly handshake: Handshake;
  /** The server's last token, which proves the server's identity to the client. */
  readonly token: Uint8Array | undefined;
}

/** The result of a leg: a user, or a token that the client has to answer. */
type Step = Completed | { readonly token: Uint8Array };

/** One leg of an authentication over HTTP. Only this class changes what is known about a connection. */
export class Authentication {
  readonly #policy: Policy;
  readonly #connection: Connection;
  readonly #request: IncomingMessage;

  constructor(policy: Policy, connection: Connection, request: IncomingMessage) {
    this.#policy = policy;
    this.#connection = connection;
    this.#request = request;
  }

  /** Never rejects because of what a client sent; rejects only if `onUser` or `onRefusal` throws. */
  async run(): Promise<Verdict> {
    const { authorization } = this.#request.headers;
    if (authorization === undefined && !this.#connection.handshake) return this.known();
    // A client that authenticates again is unknown until the new handshake succeeds.
    this.#connection.forget();
    let scheme: HttpScheme | undefined;
    let step: Step;
    try {
      if (authorization === undefined) throw new HttpAuthenticationError("interrupted");
      const token = this.#readToken(authorization);
      scheme = token.acceptor.scheme;
      step = await this.#takeLeg(token);
    } catch (error) {
      this.#connection.abandonHandshake();
      const refusal = refusalOf(error);
      if (!(refusal instanceof HttpAuthenticationError)) throw refusal;
      return this.#refuse(refusal, scheme);
    }
    return "user" in step ? await this.#welcome(step) : challenge(this.#policy, scheme, step.token);
  }

  /** Returns the verdict on a request without a token while no handshake is in progress. */
  known(): Verdict {
    return this.#connection.known ?? challenge(this.#policy);
  }

  /** @throws HttpAuthenticationError */
  #readToken(authorization: string): ClientToken {
    const { acceptors, maxToken, ntlm } = this.#policy;
    const several = (this.#request.headersDistinct["authorization"]?.length ?? 0) > 1;
    const credentials = several ? undefined : readCredentials(authorization);
    if (!credentials) throw new HttpAuthenticationError("malformed-header");
    const acceptor = acceptors.find(({ scheme }) => scheme.toLowerCase() === credentials.scheme);
    if (!acceptor) throw new HttpAuthenticationError("scheme-not-offered");
    const text = credentials.token ?? "";
    if (text.length > Math.ceil(maxToken / 3) * 4)
      throw new HttpAuthenticationError("token-too-large", { status: 431 });
    const bytes = readToken68(text);
    if (!bytes?.length) throw new HttpAuthenticationError("malformed-token");
    if (acceptor.scheme === "Negotiate" && !ntlm && hasNtlm(bytes))
      throw new HttpAuthenticationError("mechanism-not-allowed", { detail: "it was NTLM" });
    return { acceptor, bytes };
  }

  async #takeLeg({ acceptor, bytes }: ClientToken): Promise<Step> {
    const handshake = this.#handshakeFor(acceptor, bytes);
    handshake.ntlm ||= acceptor.scheme === "NTLM" || hasNtlm(bytes);
    if (handshake.ntlm && this.#connection.shared) throw new HttpAuthenticationError("shared-connection");
    if (handshake.context.legs >= mostLegs) throw new HttpAuthenticationError("too-many-legs");
    handshake.busy = true;
    const leg = await handshake.context.step(bytes);
    if (this.#connection.closed) throw new HttpAuthenticationError("interrupted");
    const token = leg.token?.length ? leg.token : undefined;
    if (leg.status === "complete") return { user: identify(handshake, this.#policy.ntlm), handshake, token };
    if (leg.status !== "continue" || !token)
      throw new HttpAuthenticationError("refused", { detail: "the package wants more than HTTP can carry" });
    handshake.busy = false;
    return { token };
  }

  /** Returns the handshake that a token belongs to. @throws HttpAuthenticationError */
  #handshakeFor({ scheme, credential }: Acceptor, token: Buffer): Handshake {
    const open = this.#connection.handshake;
    if (open?.scheme === scheme && !beginsHandshake(token)) return open;
    this.#connection.abandonHandshake();
    if (continuesHandshake(token)) throw new HttpAuthenticationError("no-first-leg");
    const { pending, bindings } = this.#policy;
    if (!pending.makeRoom()) throw new HttpAuthenticationError("too-many-pending", { status: 503 });
    const channelBindings = bindingsOf(this.#connection.socket, bindings);
    const context = new ServerContext(credential, {
      ...(channelBindings && { channelBindings }),
      ...(channelBindings && bindings === "when-sent" && { request: ["allowMissingBindings"] }),
    });
    const begun = pending.begin(scheme, context, (reason) => this.#giveUp(reason));
    this.#connection.begin(begun);
    return begun;
  }

  /** Called when other code gives up the handshake that this request began. */
  #giveUp(reason: "timeout" | "too-many-pending"): void {
    this.#connection.close();
    this.#connection.socket.destroy();
    try {
      this.#tell(new HttpAuthenticationError(reason));
    } catch (error) {
      // Warn instead of throwing: an error from a timer would end the process, and one from makeRoom() would fail
      // another client's request.
      warnOf(error);
    }
  }

  /** Calls the application's `onUser` after all checks and before the connection counts as authenticated. */
  async #welcome({ user, handshake, token }: Completed): Promise<Verdict> {
    const connection = this.#connection;
    try {
      await this.#policy.onUser?.(user, this.#request);
    } catch (error) {
      connection.abandonHandshake();
      throw error;
    }
    if (connection.closed) return this.#refuse(new HttpAuthenticationError("interrupted"), handshake.scheme);
    const persistent = !connection.shared && (handshake.ntlm || this.#policy.persistent);
    connection.endHandshake();
    connection.welcome(user, persistent);
    const last = token && { "WWW-Authenticate": writeToken68(handshake.scheme, token) };
    return { kind: "user", user, headers: { ...last, "Persistent-Auth": String(persistent) } };
  }

  #refuse(refusal: HttpAuthenticationError, scheme: HttpScheme | undefined): Verdict {
    this.#tell(refusal);
    if (refusal.status === 431) return answer(431, { Connection: "close" });
    if (refusal.status === 503) return answer(503, { Connection: "close", "Retry-After": "1" });
    const token = errorTokenOf(refusal);
    return token && scheme ? challenge(this.#policy, scheme, token) : challenge(this.#policy);
  }

  #tell(refusal: HttpAuthenticationError): void {
    this.#policy.onRefusal?.(refusal, this.#request);
  }
}

/** Answers 401 with the offered schemes, or with the next token of a handshake. */
function challenge({ acceptors }: Policy, scheme?: HttpScheme, token?: Uint8Array): Verdict {
  const offered = scheme && token ? [writeToken68(scheme, token)] : acceptors.map((acceptor) => acceptor.scheme);
  return answer(401, { "WWW-Authenticate": offered });
}
