import { timingSafeEqual } from "node:crypto";
import { SspiError } from "../status/index.ts";
import { CredsspError, failureName } from "./credssp-error.ts";
import { bindingOf, type CredsspSide } from "./public-key-binding.ts";
import { decodeRequest, encodeRequest, type TsRequest } from "./ts-request.ts";

/** The result of one leg of the logon inside. */
export interface InnerLeg {
  readonly complete: boolean;
  readonly token: Buffer | undefined;
}

/** The complete logon, which protects the messages about keys and passwords. */
export interface InnerChannel {
  seal(message: Buffer): Buffer;
  open(message: Uint8Array): Buffer;
}

/** A request of the exchange to the code that drives it: a leg of the logon, or the peer's next message. */
export type Ask =
  | { readonly ask: "leg"; readonly token: Uint8Array | undefined }
  | { readonly ask: "peer"; readonly request: Buffer | undefined };

/** The reply to a request: the result of a leg, or the bytes of the peer's message. */
export type Answer = InnerLeg | Buffer;

export type Running<T> = Generator<Ask, T, Answer>;

export interface ExchangeSettings {
  /** The version that this side announces. */
  readonly version: number;
  /** The lowest version that the peer may have. */
  readonly minimumVersion: number;
}

/** The most messages that a peer may send before it has authenticated. */
const mostMessages = 20;
const lowestVersion = 2;

/** The common part of client and server: versions, the turns of messages, and the server's key. */
export abstract class CredsspExchange<T> {
  readonly #side: CredsspSide;
  readonly #settings: ExchangeSettings;
  readonly #key: Buffer;
  protected readonly inner: InnerChannel;
  #peerVersion: number | undefined;
  #messages = 0;

  constructor(side: CredsspSide, settings: ExchangeSettings, key: Buffer, inner: InnerChannel) {
    this.#side = side;
    this.#settings = settings;
    this.#key = key;
    this.inner = inner;
  }

  /** Runs the whole exchange, step by step. */
  abstract run(): Running<T>;

  /** The lower one of both sides' versions; undefined before the peer has sent its own. */
  get version(): number | undefined {
    return this.#peerVersion === undefined ? undefined : Math.min(this.#peerVersion, this.#settings.version);
  }

  /** Whether the peer's version allows a status in a message. */
  protected get tellsStatus(): boolean {
    const version = this.version ?? 0;
    return version === 3 || version === 4 || version >= 6;
  }

  protected encode(request: Omit<TsRequest, "version">): Buffer {
    return encodeRequest({ version: this.#settings.version, ...request });
  }

  /** Sends a message, if there is one, and waits for the peer's message. */
  protected *talk(request: Omit<TsRequest, "version"> | undefined): Running<TsRequest> {
    const bytes = (yield { ask: "peer", request: request && this.encode(request) }) as Buffer;
    this.#messages += 1;
    if (this.#messages > mostMessages)
      throw new CredsspError("SEC_E_INVALID_TOKEN", `the peer has sent more than ${mostMessages} messages`);
    const received = decodeRequest(bytes);
    this.#admit(received);
    return received;
  }

  protected *leg(token: Uint8Array | undefined): Running<InnerLeg> {
    return (yield { ask: "leg", token }) as InnerLeg;
  }

  /** Returns the bytes about the key that a side seals. */
  protected binding(side: CredsspSide, nonce: Uint8Array | undefined): Buffer {
    return bindingOf({ side, version: this.version as number, key: this.#key, nonce });
  }

  /** @throws CredsspError `SEC_E_MESSAGE_ALTERED` if the bytes that the peer sealed for the key are not `expected` */
  protected compare(sealed: Uint8Array, expected: Buffer): void {
    const said = this.opened(sealed);
    if (said.length !== expected.length || !timingSafeEqual(said, expected))
      throw new CredsspError(
        "SEC_E_MESSAGE_ALTERED",
        "the peer has seen another key than that of this connection's certificate: somebody is in the middle",
      );
  }

  protected opened(sealed: Uint8Array): Buffer {
    try {
      return this.inner.open(sealed);
    } catch (cause) {
      if (!(cause instanceof SspiError)) throw cause;
      throw new CredsspError("SEC_E_MESSAGE_ALTERED", `what the peer sealed cannot be opened: ${cause.code}`, {
        cause,
      });
    }
  }

  /** Checks the fields of every message from the peer: version and status. */
  #admit({ version, errorCode }: TsRequest): void {
    const before = this.#peerVersion;
    this.#peerVersion = version;
    if (before !== undefined && before !== version)
      throw new CredsspError("SEC_E_MESSAGE_ALTERED", `the peer has changed its version from ${before} to ${version}`);
    if (errorCode !== undefined && errorCode !== 0) throw this.#told(errorCode);
    const { minimumVersion } = this.#settings;
    if (version < Math.max(minimumVersion, lowestVersion))
      throw new CredsspError(
        "SEC_E_UNSUPPORTED_FUNCTION",
        `the ${this.#side === "client" ? "server" : "client"} speaks version ${version}, and minimumVersion is ${minimumVersion} (CVE-2018-0886)`,
      );
  }

  #told(errorCode: number): CredsspError {
    const number = `0x${errorCode.toString(16).padStart(8, "0")}`;
    const known = refusals.get(errorCode);
    const code = known ? "SEC_E_LOGON_DENIED" : (failureName(errorCode) ?? "SEC_E_LOGON_DENIED");
    const peer = this.#side === "client" ? "server" : "client";
    return new CredsspError(code, `the ${peer} answers ${number}${known ? `: ${known}` : ""}`, { errorCode });
  }
}

/** Statuses that give the reason of a refused logon. */
const refusals: ReadonlyMap<number, string> = new Map([
  [0xc000_006d, "the user name or the password is wrong"],
  [0xc000_0071, "the password has expired"],
  [0xc000_0072, "the account is disabled"],
  [0xc000_0224, "the password has to be changed before logging on"],
]);
