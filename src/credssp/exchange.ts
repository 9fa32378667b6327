import { timingSafeEqual } from "node:crypto";
import { SspiError } from "../status/index.ts";
import { CredsspError, failureName } from "./credssp-error.ts";
import { bindingOf, type CredsspSide } from "./public-key-binding.ts";
import { decodeRequest, encodeRequest, type TsRequest } from "./ts-request.ts";

/** What one leg of the logon inside came to. */
export interface InnerLeg {
  readonly complete: boolean;
  readonly token: Buffer | undefined;
}

/** The complete logon, which protects what is said of keys and passwords. */
export interface InnerChannel {
  seal(message: Buffer): Buffer;
  open(message: Uint8Array): Buffer;
}

/** What an exchange asks of whoever drives it: a leg of the logon, or the peer's next message. */
export type Ask =
  | { readonly ask: "leg"; readonly token: Uint8Array | undefined }
  | { readonly ask: "peer"; readonly request: Buffer | undefined };

/** What it is answered: what a leg came to, or the bytes of the peer's message. */
export type Answer = InnerLeg | Buffer;

export type Running<T> = Generator<Ask, T, Answer>;

export interface ExchangeSettings {
  /** What this side announces. */
  readonly version: number;
  /** What the peer has to speak. */
  readonly minimumVersion: number;
}

/** How many messages a peer may send before it has authenticated. */
const mostMessages = 20;
const lowestVersion = 2;

/** What client and server have in common: versions, one message after the other, and the server's key. */
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

  /** The whole exchange, step by step. */
  abstract run(): Running<T>;

  /** The lower one of both sides' versions; undefined before the peer has said its own. */
  get version(): number | undefined {
    return this.#peerVersion === undefined ? undefined : Math.min(this.#peerVersion, this.#settings.version);
  }

  /** Peers of these versions can be told a status. */
  protected get tellsStatus(): boolean {
    const version = this.version ?? 0;
    return version === 3 || version === 4 || version >= 6;
  }

  protected encode(request: Omit<TsRequest, "version">): Buffer {
    return encodeRequest({ version: this.#settings.version, ...request });
  }

  /** Sends a message, where there is one to send, and waits for the peer's. */
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

  /** What a side seals of the key. */
  protected binding(side: CredsspSide, nonce: Uint8Array | undefined): Buffer {
    return bindingOf({ side, version: this.version as number, key: this.#key, nonce });
  }

  /** @throws CredsspError `SEC_E_MESSAGE_ALTERED` where what the peer sealed of the key is not `expected` */
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

  /** What the peer says in every message. */
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

/** Statuses that say why a logon is refused. */
const refusals: ReadonlyMap<number, string> = new Map([
  [0xc000_006d, "the user name or the password is wrong"],
  [0xc000_0071, "the password has expired"],
  [0xc000_0072, "the account is disabled"],
  [0xc000_0224, "the password has to be changed before logging on"],
]);
