import { SspiError } from "../status/index.ts";
import { CredsspError } from "./credssp-error.ts";
import { CredsspExchange, type ExchangeSettings, type InnerChannel, type InnerLeg, type Running } from "./exchange.ts";
import { firstHashedVersion, nonceSize } from "./public-key-binding.ts";
import { decodeCredentials, type PasswordCredentials } from "./ts-credentials.ts";
import type { TsRequest } from "./ts-request.ts";

export interface ServerExchangeSettings extends ExchangeSettings {
  readonly key: Buffer;
  readonly inner: InnerChannel;
}

/** STATUS_LOGON_FAILURE: clients do not learn why a logon failed. */
const logonFailure = 0xc000_006d;

/**
 * The server's side of an exchange. Its result is the credentials that the client has delegated.
 *
 * @see MS-CSSP, 3.1.5
 */
export class ServerExchange extends CredsspExchange<PasswordCredentials> {
  /** Whether the client has sealed a message with the key of its account. */
  #proven = false;

  constructor({ key, inner, ...settings }: ServerExchangeSettings) {
    super("server", settings, key, inner);
  }

  *run(): Running<PasswordCredentials> {
    const { request, last } = yield* this.#logOn();
    const nonce = this.#nonceOf(request);
    this.compare(request.pubKeyAuth as Uint8Array, this.binding("client", nonce));
    this.#proven = true;
    const { authInfo, negoToken, pubKeyAuth } = yield* this.talk({
      ...(last && { negoToken: last }),
      pubKeyAuth: this.inner.seal(this.binding("server", nonce)),
    });
    if (negoToken || pubKeyAuth) throw outOfSequence("a token or a key, where the credentials are due");
    if (!authInfo) throw new CredsspError("SEC_E_INVALID_TOKEN", "the client delegates nothing");
    const secret = this.opened(authInfo);
    try {
      return decodeCredentials(secret);
    } finally {
      secret.fill(0);
    }
  }

  /**
   * Returns the message that tells the client about a failure; undefined for clients whose version has no such message.
   * Until the client has proved that it has the account's key, the message always says that the logon failed, whatever
   * the package reports: another status would reveal which accounts exist.
   */
  refusal(error: CredsspError): Buffer | undefined {
    if (!this.tellsStatus || error.errorCode !== undefined) return undefined;
    const failed = error.code === "SEC_E_LOGON_DENIED" || (!this.#proven && error.cause instanceof SspiError);
    return this.encode({ errorCode: failed ? logonFailure : error.status });
  }

  /** Runs legs until the client sends the key that it has seen; returns that message, and the token of the last leg. */
  *#logOn(): Running<{ readonly request: TsRequest; readonly last: Buffer | undefined }> {
    let complete = false;
    let request: TsRequest = yield* this.talk(undefined);
    for (;;) {
      if (request.authInfo) throw outOfSequence("credentials before it has shown who it is");
      let leg: InnerLeg = { complete, token: undefined };
      if (request.negoToken) {
        if (complete) throw outOfSequence("a token after the logon");
        leg = yield* this.leg(request.negoToken);
      }
      complete = leg.complete;
      if (request.pubKeyAuth) {
        if (!complete) throw outOfSequence("a key before the logon");
        return { request, last: leg.token };
      }
      if (!request.negoToken) throw new CredsspError("SEC_E_INVALID_TOKEN", "the client's message has nothing in it");
      request = yield* this.talk(leg.token && { negoToken: leg.token });
    }
  }

  #nonceOf({ clientNonce }: TsRequest): Uint8Array | undefined {
    if ((this.version as number) < firstHashedVersion) return undefined;
    if (clientNonce?.length === nonceSize) return clientNonce;
    const given = clientNonce ? `one of ${clientNonce.length}` : "none";
    throw new CredsspError("SEC_E_INVALID_TOKEN", `a nonce of ${nonceSize} bytes is due, the client has sent ${given}`);
  }
}

function outOfSequence(what: string): CredsspError {
  return new CredsspError("SEC_E_OUT_OF_SEQUENCE", `the client sends ${what}`);
}
