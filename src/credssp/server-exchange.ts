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

/** STATUS_LOGON_FAILURE: why a logon failed is not the client's business. */
const logonFailure = 0xc000_006d;

/** The server's side. What it comes to is what the client has delegated. @see MS-CSSP, 3.1.5 */
export class ServerExchange extends CredsspExchange<PasswordCredentials> {
  /** Whether the client has sealed something with the key of its account. */
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
   * What tells the client of a failure; undefined for clients of versions that cannot be told. Before it has shown that it
   * has the account's key the logon has failed, whatever the package says: that would tell which accounts there are.
   */
  refusal(error: CredsspError): Buffer | undefined {
    if (!this.tellsStatus || error.errorCode !== undefined) return undefined;
    const failed = error.code === "SEC_E_LOGON_DENIED" || (!this.#proven && error.cause instanceof SspiError);
    return this.encode({ errorCode: failed ? logonFailure : error.status });
  }

  /** Legs until the client says which key it has seen: that message, and what its own token still came to. */
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
