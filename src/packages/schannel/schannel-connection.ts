import { TlsEngine } from "../../tls/index.ts";
import { type OpenedRecord, PackageError, type SealedRecord } from "../author/index.ts";
import { protocolBit } from "./protocols.ts";
import type { ConnectionNeeds, SchannelCredential } from "./schannel-credential.ts";
import { asSchannel, statusOf } from "./schannel-failure.ts";
import { asksForKeys, lastRecord, plainRecord, recordHead, recordLength } from "./tls-records.ts";

/** The result of a leg. */
export interface ConnectionLeg {
  readonly complete: boolean;
  readonly token: Buffer;
  /** The number of unused bytes at the end of the input. */
  readonly extra: number;
}

/** The size in bytes of a record that replies to a KeyUpdate. It precedes the next data if no leg has sent it. */
const keyUpdateAnswer = 27;
/** The source of a connection's TLS contexts. */
export type TlsSource = Pick<SchannelCredential, "context" | "manual">;

/** One TLS connection as Schannel models it: legs until it is complete, then records. */
export class SchannelConnection {
  readonly id: bigint;
  readonly side: "client" | "server";
  /** ApplyControlToken has requested the closing message, which the next leg makes. */
  closing = false;
  readonly #credential: TlsSource;
  readonly #engine: TlsEngine;
  /** The bytes that replaced a record in the caller's buffer: the next leg's input must begin with them. */
  readonly #rewritten: Buffer[] = [];
  /** The peer has asked for new keys of this side, and no leg has replied. */
  #owesKeys = false;
  /** Bytes to send that no leg has returned yet. */
  #waiting: Buffer = Buffer.alloc(0);

  constructor(id: bigint, side: "client" | "server", credential: TlsSource, needs: ConnectionNeeds, target?: string) {
    this.id = id;
    this.side = side;
    this.#credential = credential;
    const manual = side === "client" && credential.manual;
    if (side === "client" && !manual && target === undefined)
      throw new PackageError("SEC_E_WRONG_PRINCIPAL", { message: "no target, whose name the certificate would have" });
    this.#engine = new TlsEngine(credential.context(side, needs), target === undefined ? {} : { servername: target });
  }

  get engine(): TlsEngine {
    return this.#engine;
  }

  /** Makes the closing message, once. */
  goodbye(): Buffer {
    this.closing = false;
    asSchannel("record", () => this.#engine.goodbye());
    return this.#taken();
  }

  /** Processes as many whole records as the handshake needs. Returns `missing` if the input has no whole record. */
  leg(input: Buffer | undefined): ConnectionLeg | { readonly missing: number } {
    if (this.#engine.complete) return this.#again(input ?? Buffer.alloc(0));
    let rest = input ?? Buffer.alloc(0);
    if (input === undefined) this.#shake();
    while (!this.#engine.complete && rest.length > 0) {
      const length = recordLength(rest);
      if (length > rest.length) {
        if (rest.length === input?.length) return { missing: length - rest.length };
        break;
      }
      this.#engine.feed(rest.subarray(0, length));
      rest = rest.subarray(length);
      this.#shake();
    }
    return { complete: this.#engine.complete, token: this.#taken(), extra: rest.length };
  }

  /** After the handshake a leg takes the record that DecryptMessage has rewritten, and replies to it. */
  #again(input: Buffer): ConnectionLeg {
    const expected = this.#rewritten[0] ?? Buffer.alloc(0);
    if (!input.subarray(0, expected.length).equals(expected) || (expected.length === 0 && input.length > 0))
      throw new PackageError("SEC_E_DECRYPT_FAILURE", {
        message: "the leg's input does not begin with what DecryptMessage has left in EXTRA",
      });
    this.#rewritten.shift();
    if (this.#owesKeys) asSchannel("record", () => this.#engine.updateKeys());
    this.#owesKeys = false;
    return { complete: true, token: this.#taken(), extra: input.length - expected.length };
  }

  /** Encrypts the data of one record, and returns the record's three parts. */
  seal(message: Buffer): SealedRecord {
    if (message.length === 0 || message.length > this.#engine.agreement.longestData)
      throw new PackageError("SEC_E_INVALID_PARAMETER");
    const sealed = Buffer.concat([this.#taken(), asSchannel("record", () => this.#engine.seal(message))]);
    // OpenSSL puts the reply to a KeyUpdate in front of the data itself.
    this.#owesKeys = false;
    const start = lastRecord(sealed) + this.#head;
    const end = start + message.length;
    return { header: sealed.subarray(0, start), data: sealed.subarray(start, end), trailer: sealed.subarray(end) };
  }

  /** Opens the record at the front of the peer's bytes. */
  open(bytes: Buffer): OpenedRecord {
    const length = recordLength(bytes);
    if (length > bytes.length) return { status: "incomplete-message", missing: length - bytes.length };
    this.#engine.feed(bytes.subarray(0, length));
    const data = asSchannel("record", () => this.#engine.open());
    this.#waiting = this.#taken();
    const messages = this.#engine.messages();
    if (messages.length > 0) {
      const rewritten = plainRecord(messages, length);
      this.#rewritten.push(rewritten);
      this.#owesKeys ||= messages.some(asksForKeys);
      return { status: "renegotiate", length, rewritten };
    }
    if (this.#engine.closed) return { status: "closed", length };
    return { status: "data", length, start: Math.min(this.#head, length - data.length), data };
  }

  get streamSizes() {
    return {
      cbHeader: this.#head + 2 * keyUpdateAnswer,
      // The longest trailer: SHA-384 and padding of TLS 1.2 with CBC.
      cbTrailer: 64,
      cbMaximumMessage: this.#engine.agreement.longestData,
      cBuffers: 4,
      cbBlockSize: 16,
    };
  }

  /** Protocol and strength. The `ALG_ID`s are 0: they say little about modern suites. */
  get connectionInfo() {
    const { version, cipher } = this.#engine.agreement;
    return {
      dwProtocol: protocolBit(this.side, version),
      aiCipher: 0,
      dwCipherStrength: cipher.bits,
      aiHash: 0,
      dwHashStrength: 0,
      aiExch: 0,
      dwExchStrength: 0,
    };
  }

  /** @throws PackageError SEC_E_NO_CREDENTIALS if the peer has sent no certificate */
  get remoteCertificate(): Uint8Array {
    const [own] = this.#engine.peer.certificates;
    if (!own) throw new PackageError("SEC_E_NO_CREDENTIALS");
    return own.raw;
  }

  close(): void {
    this.#engine.close();
  }

  /** The length of a record's header and explicit nonce. */
  get #head(): number {
    const { version, cipher } = this.#engine.agreement;
    if (version === "tls1.3" || cipher.name.includes("CHACHA20")) return recordHead;
    return /GCM|CCM/.test(cipher.name) ? recordHead + 8 : recordHead + 16;
  }

  #taken(): Buffer {
    const bytes = Buffer.concat([this.#waiting, this.#engine.take()]);
    this.#waiting = Buffer.alloc(0);
    return bytes;
  }

  #shake(): void {
    if (!asSchannel("handshake", () => this.#engine.handshake())) return;
    this.#engine.messages();
    if (this.side === "server") this.#judgeClient();
  }

  /** A client may send no certificate; one that it sends must be trusted, unless the caller validates it. */
  #judgeClient(): void {
    const { certificates, chainError } = this.#engine.peer;
    if (certificates.length === 0 || this.#credential.manual || !chainError) return;
    throw new PackageError(statusOf(chainError, "handshake"), { message: chainError.message });
  }
}
