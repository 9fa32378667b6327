import { randomBytes } from "node:crypto";
import { CredsspError } from "./credssp-error.ts";
import { CredsspExchange, type ExchangeSettings, type InnerChannel, type InnerLeg, type Running } from "./exchange.ts";
import { firstHashedVersion, nonceSize } from "./public-key-binding.ts";
import { encodeCredentials, type PasswordCredentials } from "./ts-credentials.ts";
import type { TsRequest } from "./ts-request.ts";

export interface ClientExchangeSettings extends ExchangeSettings {
  readonly key: Buffer;
  readonly inner: InnerChannel;
  /**
   * The credentials for the server, which proves first that it has the certificate's key; the caller zeroes the
   * password.
   */
  readonly credentials: () => PasswordCredentials;
}

/**
 * The client's side of an exchange. Its result is the last message, which contains the password.
 *
 * @see MS-CSSP, 3.1.5
 */
export class ClientExchange extends CredsspExchange<Buffer> {
  readonly #credentials: () => PasswordCredentials;

  constructor({ key, inner, credentials, ...settings }: ClientExchangeSettings) {
    super("client", settings, key, inner);
    this.#credentials = credentials;
  }

  *run(): Running<Buffer> {
    const last = yield* this.#logOn();
    const nonce = (this.version as number) >= firstHashedVersion ? randomBytes(nonceSize) : undefined;
    const { pubKeyAuth } = yield* this.talk({
      ...(last && { negoToken: last }),
      pubKeyAuth: this.inner.seal(this.binding("client", nonce)),
      ...(nonce && { clientNonce: nonce }),
    });
    // Ignore an old token beside pubKeyAuth: some servers repeat one.
    if (!pubKeyAuth) throw new CredsspError("SEC_E_INVALID_TOKEN", "the server has not said which key it has");
    this.compare(pubKeyAuth, this.binding("server", nonce));
    return this.#handOver();
  }

  /** Runs legs until the logon is complete; returns the last leg's token if it was not sent yet. */
  *#logOn(): Running<Buffer | undefined> {
    let leg: InnerLeg = yield* this.leg(undefined);
    while (!leg.complete) {
      if (!leg.token) throw new CredsspError("SEC_E_INVALID_TOKEN", "the logon inside has nothing to send");
      const answer = yield* this.talk({ negoToken: leg.token });
      leg = yield* this.leg(tokenOf(answer));
    }
    if (this.version !== undefined) return leg.token;
    // The logon is complete before the server has sent its version, and the remaining messages depend on that version.
    yield* this.talk(leg.token && { negoToken: leg.token });
    return undefined;
  }

  #handOver(): Buffer {
    const credentials = this.#credentials();
    const secret = encodeCredentials(credentials);
    credentials.password.fill(0);
    try {
      return this.encode({ authInfo: this.inner.seal(secret) });
    } finally {
      secret.fill(0);
    }
  }
}

function tokenOf({ negoToken, pubKeyAuth }: TsRequest): Uint8Array {
  if (pubKeyAuth) throw new CredsspError("SEC_E_OUT_OF_SEQUENCE", "the server speaks of its key before the logon");
  if (!negoToken) throw new CredsspError("SEC_E_INVALID_TOKEN", "the server's message has no token for the logon");
  return negoToken;
}
