import type { Socket } from "node:net";
import { ClientContext, type ClientContextOptions } from "../../contexts/index.ts";
import { SspiError } from "../../status/index.ts";
import { readChallenges } from "../challenge.ts";
import { HttpAuthenticationError } from "../http-authentication-error.ts";
import type { HttpScheme } from "../scheme.ts";
import { hasNtlm } from "../token-kind.ts";
import { readToken68, writeToken68 } from "../token68.ts";
import type { LogonCredentials } from "./logon-credentials.ts";
import type { LogonPolicy } from "./logon-options.ts";
import { peerBindingsOf } from "./peer-bindings.ts";
import { serviceNameOf } from "./service-name.ts";

/** The most legs of one handshake: Negotiate takes three at most, and NTLM inside SPNEGO four. */
const mostLegs = 6;

/** The fields `WWW-Authenticate` or `Proxy-Authenticate` of a response. */
export type ChallengeField = string | readonly string[] | undefined;

/**
 * Returns the scheme to answer, in the client's order of preference, not the server's; undefined if none of the offered
 * schemes is allowed.
 */
export function chosenScheme({ schemes }: LogonPolicy, field: ChallengeField): HttpScheme | undefined {
  const offered = readChallenges(field ?? [])?.map(({ scheme }) => scheme) ?? [];
  return schemes.find((scheme) => offered.includes(scheme.toLowerCase()));
}

export interface LogonSettings {
  readonly policy: LogonPolicy;
  readonly credentials: LogonCredentials;
  readonly scheme: HttpScheme;
  readonly url: URL;
  /** The connection of the handshake; none of the handshake's tokens may be sent on another one. */
  readonly socket: Socket;
  readonly delegate: boolean;
}

/** One handshake, on one connection, with one server. */
export class Logon implements Disposable {
  readonly scheme: HttpScheme;
  readonly socket: Socket;
  readonly #context: ClientContext;
  readonly #policy: LogonPolicy;
  #ntlm: boolean;

  private constructor(context: ClientContext, { scheme, socket, policy }: LogonSettings) {
    this.scheme = scheme;
    this.socket = socket;
    this.#context = context;
    this.#policy = policy;
    this.#ntlm = scheme === "NTLM";
  }

  /**
   * @throws HttpAuthenticationError if the user has no credentials, the connection cannot have the required bindings,
   *   or the provider would drop them.
   */
  static async begin(settings: LogonSettings): Promise<Logon> {
    const { policy, scheme, url, socket, delegate } = settings;
    const channelBindings = peerBindingsOf(socket, policy.bindings);
    const credential = await settings.credentials.for(scheme).catch((cause) => {
      throw cause instanceof SspiError ? new HttpAuthenticationError("no-token", { cause }) : cause;
    });
    const options: ClientContextOptions = {
      target: serviceNameOf(policy, url),
      request: ["integrity", ...mutual(policy, scheme), ...(delegate ? (["delegate"] as const) : [])],
      maxLegs: mostLegs,
    };
    try {
      return new Logon(
        new ClientContext(credential, { ...options, ...(channelBindings && { channelBindings }) }),
        settings,
      );
    } catch (cause) {
      if (!channelBindings || !(cause instanceof RangeError)) throw cause;
      const detail = `${scheme} of ${credential.provider.label} does not send them`;
      throw new HttpAuthenticationError("unbound-connection", { detail, cause });
    }
  }

  /** Whether a challenge continues this handshake; otherwise it is a refusal. */
  continues(field: ChallengeField): boolean {
    return !this.#context.complete && this.#tokenIn(field) !== undefined;
  }

  /** Makes the next header to send, off the event loop. @throws HttpAuthenticationError */
  async answer(field?: ChallengeField): Promise<string> {
    const given = field === undefined ? undefined : this.#read(field);
    const { status, token } = await this.#context.step(given).catch((cause) => {
      throw new HttpAuthenticationError(given ? "refused" : "no-token", { cause });
    });
    if (!token?.length || status === "incomplete-credentials") throw new HttpAuthenticationError("no-token");
    this.#ntlm ||= hasNtlm(token);
    if (this.#ntlm && !this.#policy.schemes.includes("NTLM"))
      throw new HttpAuthenticationError("mechanism-not-allowed", { detail: "it would be NTLM" });
    return writeToken68(this.scheme, token);
  }

  /**
   * Checks the last token of a server that has accepted the client, before the caller sees the rest of the response.
   *
   * @throws HttpAuthenticationError if the server has not proved its identity.
   */
  finish(field: ChallengeField): void {
    if (!this.#context.complete && this.#tokenIn(field) !== undefined) {
      try {
        this.#context.stepSync(this.#read(field));
      } catch (cause) {
        throw new HttpAuthenticationError("server-not-proven", { cause });
      }
    }
    if (!this.#policy.mutual || (this.#ntlm && this.#context.complete)) return;
    const { complete, legs } = this.#context;
    // For providers that do not report flags: with mutualAuth requested, only the server's token completes a context.
    if (!complete || legs < 2 || this.#context.hasFlag("mutualAuth") === false)
      throw new HttpAuthenticationError("server-not-proven");
  }

  close(): void {
    this.#context.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Returns the text of the scheme's token; undefined if there is none. */
  #tokenIn(field: ChallengeField): string | undefined {
    const own = readChallenges(field ?? [])?.filter(({ scheme }) => scheme === this.scheme.toLowerCase()) ?? [];
    return own.length === 1 ? own[0]?.token : undefined;
  }

  #read(field: ChallengeField): Buffer {
    const bytes = readToken68(this.#tokenIn(field) ?? "");
    if (!bytes?.length) throw new HttpAuthenticationError("malformed-token");
    return bytes;
  }
}

function mutual({ mutual: wanted }: LogonPolicy, scheme: HttpScheme): readonly "mutualAuth"[] {
  return wanted && scheme !== "NTLM" ? ["mutualAuth"] : [];
}
