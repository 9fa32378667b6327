/** Why an authentication over HTTP failed, in words for the reader of the error. */
const reasons = {
  "malformed-header": "the header breaks the grammar of RFC 9110, or was sent more than once",
  "malformed-token": "the scheme has no token after it, or one that is not base64",
  "token-too-large": "the token is longer than maxToken allows",
  "scheme-not-offered": "the scheme is not among those that are offered",
  "no-first-leg":
    "the token continues a handshake that did not begin on this connection; something in between shares or changes connections",
  interrupted: "a request without the next token ended the handshake that was under way on this connection",
  "too-many-legs": "the handshake did not end after as many legs as an honest one takes",
  "too-many-pending": "as many handshakes are under way as `pending` allows",
  "too-many-waiting": "too many requests wait on one connection for the handshake that is under way",
  timeout: "the handshake was not finished in time",
  refused: "the security package refused the token",
  "wrong-channel": "the client authenticated on another TLS connection, or does not say on which",
  "unbound-connection": "`bindings` asks for channel bindings that this connection cannot have",
  "mechanism-not-allowed": "the client used NTLM or another mechanism, and only Kerberos is allowed",
  "shared-connection": "the request came through a proxy, and NTLM authenticates a connection that others may share",
  "no-name": "the provider does not say who the client is",
  anonymous: "the client is the anonymous user",
  guest: "the client is the guest user",
  "cross-site": "another site sent the request with the user's browser",
  "no-token": "the security package has no token for the server",
  "server-not-proven": "the server let the client in and did not prove who it is",
  "connection-lost": "the connection ended in the middle of the handshake",
  "body-not-kept":
    "the server asks who the client is, and the body cannot be sent again: it can be read only once and is longer than `keepBody`, or was sent on a connection that the server knew before",
  "challenge-too-long": "the response that asks who the client is has no end",
  "proxy-refused": "the proxy did not let the client through",
} as const;

/** A reason that {@link HttpAuthenticationError} can have. */
export type HttpAuthenticationReason = keyof typeof reasons;

/** The parts of an {@link HttpAuthenticationError}. */
export interface HttpAuthenticationDetails {
  /** Details in addition to the reason. */
  readonly detail?: string;
  /** The status of the HTTP response that reports the error, or that a server sent. */
  readonly status?: number;
  /** The error of the security package. */
  readonly cause?: unknown;
}

/** An authentication over HTTP failed. The error never contains a token or a password. */
export class HttpAuthenticationError extends Error {
  /** Identifies the class, also where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_HTTP_AUTHENTICATION";
  /** The reason as one word. */
  readonly reason: HttpAuthenticationReason;
  /** The HTTP status of the error, if it has one. */
  readonly status: number | undefined;

  constructor(reason: HttpAuthenticationReason, { detail, status, cause }: HttpAuthenticationDetails = {}) {
    super(
      `${reason}: ${reasons[reason]}${detail === undefined ? "" : `; ${detail}`}`,
      cause === undefined ? {} : { cause },
    );
    this.name = "HttpAuthenticationError";
    this.reason = reason;
    this.status = status;
  }
}
