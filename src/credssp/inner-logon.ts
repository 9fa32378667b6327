import {
  ClientContext,
  type Leg,
  type Peer,
  PeerNameError,
  RequirementError,
  ServerContext,
} from "../contexts/index.ts";
import type { Credential } from "../credentials/index.ts";
import { includesPackage } from "../native/index.ts";
import { SspiError } from "../status/index.ts";
import { isGuestAccount, ntlmSignature } from "../values/index.ts";
import { CredsspError, failureName } from "./credssp-error.ts";
import type { InnerChannel, InnerLeg } from "./exchange.ts";
import { ntlmOnly, provingPackages } from "./server-trust.ts";

/** WinPR's NTLM does not report this flag; {@link InnerLogon.seal} checks the sealed bytes instead. */
const acceptUnknown = ["confidentiality"] as const;
/** A run of this many bytes of the message does not occur in ciphertext by chance. */
const readable = 8;
const wanted = ["sequenceDetect", "replayDetect", "integrity"] as const;

/** The logon inside: a context whose messages have to be encrypted. Its owner closes it. */
export class InnerLogon implements InnerChannel {
  readonly context: ClientContext | ServerContext;
  readonly #kerberosOnly: boolean;
  #peer: Peer | PeerNameError | undefined;

  private constructor(context: ClientContext | ServerContext, kerberosOnly: boolean) {
    this.context = context;
    this.#kerberosOnly = kerberosOnly;
  }

  static client(credential: Credential, target: string, kerberosOnly: boolean): InnerLogon {
    const require = ["confidentiality", ...(kerberosOnly ? (["mutualAuth"] as const) : [])] as const;
    const request = [...wanted, "mutualAuth"] as const;
    const context = new ClientContext(credential, { target, require, request, acceptUnknown });
    return new InnerLogon(context, kerberosOnly);
  }

  static server(credential: Credential): InnerLogon {
    const require = ["confidentiality"] as const;
    return new InnerLogon(new ServerContext(credential, { require, request: wanted, acceptUnknown }), false);
  }

  async step(token: Uint8Array | undefined): Promise<InnerLeg> {
    try {
      return this.#judge(await this.context.step(token as Uint8Array));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  stepSync(token: Uint8Array | undefined): InnerLeg {
    try {
      return this.#judge(this.context.stepSync(token as Uint8Array));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** The peer, as the package of the logon reports it. @throws PeerNameError */
  get peer(): Peer {
    this.#peer ??= this.#name();
    if (this.#peer instanceof PeerNameError) throw this.#peer;
    return this.#peer;
  }

  /** The package that authenticated: the one that Negotiate chose, if the provider reports it. */
  get mechanism(): string {
    try {
      return this.context.query("negotiationInfo").PackageInfo?.Name || this.context.package;
    } catch (error) {
      if (error instanceof SspiError) return this.context.package;
      throw error;
    }
  }

  /** @throws CredsspError if the package cannot encrypt, or leaves part of the message readable */
  seal(message: Buffer): Buffer {
    const sealed = this.#sealed(message);
    if (isReadable(message, sealed))
      throw new CredsspError("SEC_E_ENCRYPT_FAILURE", `${this.context.package} leaves messages readable`);
    return sealed;
  }

  open(message: Uint8Array): Buffer {
    return this.context.decrypt(message);
  }

  close(): void {
    this.context.close();
  }

  #sealed(message: Buffer): Buffer {
    try {
      return this.context.encrypt(message);
    } catch (error) {
      throw asCredssp(error);
    }
  }

  #judge(leg: Leg): InnerLeg {
    if (leg.status !== "continue" && leg.status !== "complete")
      throw new CredsspError("SEC_E_INVALID_TOKEN", `the logon inside answers ${leg.status}`);
    const token = leg.token && leg.token.length > 0 ? leg.token : undefined;
    if (this.#kerberosOnly && token?.includes(ntlmSignature)) throw ntlmOnly("the logon inside would use NTLM");
    if (leg.extra) throw new CredsspError("SEC_E_INVALID_TOKEN", "the peer's token has bytes behind its end");
    const complete = leg.status === "complete";
    if (complete && this.context instanceof ServerContext) this.#refuseNobody();
    if (complete && this.#kerberosOnly && !provingPackages.test(this.mechanism))
      throw ntlmOnly(`the logon inside came to ${this.mechanism}`);
    return { complete, token };
  }

  #failure(error: unknown): unknown {
    const failure = asCredssp(error, this.#kerberosOnly);
    const wrong = this.context instanceof ServerContext && failure instanceof CredsspError;
    // WinPR's NTLM returns this status for a wrong password; in CredSSP it would report a man in the middle.
    if (!wrong || failure.code !== "SEC_E_MESSAGE_ALTERED") return failure;
    return new CredsspError("SEC_E_LOGON_DENIED", "the client's proof is not that of the account", { cause: failure });
  }

  /**
   * Refuses anonymous clients and guests. If the package cannot name clients, the client is let through, and `peer`
   * throws.
   */
  #refuseNobody(): void {
    const { context } = this;
    const named = includesPackage(context.provider.traits.namesInboundPeer, context.package);
    const anonymous = context.flags !== "unknown" && (context.flags as readonly string[]).includes("nullSession");
    this.#peer = this.#name();
    if (anonymous || (named && this.#peer instanceof PeerNameError) || isGuest(this.#peer))
      throw new CredsspError("SEC_E_LOGON_DENIED", "the client has logged on as nobody, or as a guest", {
        cause: this.#peer,
      });
  }

  #name(): Peer | PeerNameError {
    try {
      return this.context.peer();
    } catch (error) {
      if (error instanceof PeerNameError) return error;
      throw error;
    }
  }
}

function isReadable(message: Buffer, sealed: Buffer): boolean {
  for (let at = 0; at + readable <= message.length; at += readable)
    if (sealed.includes(message.subarray(at, at + readable))) return true;
  return false;
}

/** Statuses that say that Kerberos cannot be used: no realm, no such service, no domain controller to ask. */
const unreachable =
  /^SEC_E_(NO_AUTHENTICATING_AUTHORITY|TARGET_UNKNOWN|NO_CREDENTIALS|WRONG_PRINCIPAL|SECPKG_NOT_FOUND)$/;

function isGuest(peer: Peer | PeerNameError): boolean {
  return !(peer instanceof PeerNameError) && isGuestAccount(peer.account);
}

/**
 * Turns a failure of the logon into a failure of the exchange; returns other errors, such as program mistakes,
 * unchanged.
 */
export function asCredssp(error: unknown, kerberosOnly = false): unknown {
  if (error instanceof RequirementError) {
    const mutual = [...error.missing, ...error.unknown].includes("mutualAuth");
    const code = mutual ? "SEC_E_MUTUAL_AUTH_FAILED" : "SEC_E_SECURITY_QOS_FAILED";
    return new CredsspError(code, `the logon inside: ${error.message}`, { cause: error });
  }
  if (!(error instanceof SspiError)) return error;
  if (kerberosOnly && unreachable.test(error.code))
    return ntlmOnly("the server's certificate is not trusted, and there is no Kerberos to it", error);
  const code = failureName(error.status) ?? "SEC_E_INTERNAL_ERROR";
  return new CredsspError(code, `the logon inside: ${error.message}`, { cause: error });
}
