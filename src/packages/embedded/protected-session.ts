import { createCipheriv, createDecipheriv } from "node:crypto";
import { type MessageOptions, PackageError, type SealOptions, type Session } from "../author/index.ts";
import { mac, same, withDerived } from "./derivation.ts";
import { anew, type Header, headerSize, Incoming, Outgoing, readHeader } from "./message-number.ts";
import { packState, readState, type SessionState } from "./session-state.ts";

const tagSize = 16;
const trailerSize = headerSize + tagSize;
const signatureSize = headerSize + 32;
const maxToken = 4096;

/** Messages of one side, sealed with AES-256-GCM or signed with HMAC-SHA-256; both kinds share one sequence. */
export class ProtectedSession implements Session {
  readonly #state: SessionState;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;

  /** @throws PackageError for bytes that are not a session, or a session that is over. */
  constructor(packed: Buffer) {
    try {
      this.#state = readState(packed);
    } finally {
      packed.fill(0);
    }
    this.#outgoing = new Outgoing(this.#state.sent);
    this.#incoming = new Incoming(this.#state.received);
    if (this.#expired) this.close();
    this.#refuseExpired();
  }

  readonly query: NonNullable<Session["query"]> = {
    sizes: () => ({
      cbMaxToken: maxToken,
      cbMaxSignature: signatureSize,
      cbBlockSize: 1,
      cbSecurityTrailer: trailerSize,
    }),
    names: () => ({ sUserName: this.#state.user }),
    nativeNames: () => ({ sClientName: this.#state.user, sServerName: this.#state.server }),
    clientSpecifiedTarget: () => ({ sTargetName: this.#state.target }),
    lifespan: () => ({ tsStart: new Date(this.#state.start), tsExpiry: new Date(this.#state.expiry) }),
    keyInfo: () => ({
      sSignatureAlgorithmName: "HMAC-SHA-256",
      sEncryptAlgorithmName: "AES-256-GCM",
      KeySize: 256,
      SignatureAlgorithm: 0,
      EncryptAlgorithm: 0,
    }),
  };

  readonly authenticatesAssociated = true;

  sign(message: Buffer, options: MessageOptions): Buffer {
    this.#refuseExpired();
    refuseOtherQuality(options);
    const header = this.#outgoing.next();
    return Buffer.concat([header.bytes, this.#signature(header, "out", message)]);
  }

  verify(message: Buffer, signature: Buffer): boolean {
    this.#refuseExpired();
    const header = readHeader(signature, signatureSize);
    if (!same(this.#signature(header, "in", message), signature.subarray(headerSize))) return false;
    this.#incoming.accept(header.position);
    return true;
  }

  seal(message: Buffer, options: SealOptions): { token: Buffer; data: Buffer } {
    this.#refuseExpired();
    refuseOtherQuality(options);
    const header = this.#outgoing.next();
    const cipher = this.#withKey(header, "out", "seal", (key) => createCipheriv("aes-256-gcm", key, header.nonce));
    cipher.setAAD(Buffer.concat([header.bytes, options.associated]));
    const data = Buffer.concat([cipher.update(message), cipher.final()]);
    return { token: Buffer.concat([header.bytes, cipher.getAuthTag()]), data };
  }

  unseal(data: Buffer, token: Buffer, { associated }: SealOptions): Buffer {
    this.#refuseExpired();
    const header = readHeader(token, trailerSize);
    const decipher = this.#withKey(header, "in", "seal", (key) =>
      createDecipheriv("aes-256-gcm", key, header.nonce, { authTagLength: tagSize }),
    );
    decipher.setAAD(Buffer.concat([header.bytes, associated])).setAuthTag(token.subarray(headerSize));
    const plain = decipher.update(data);
    try {
      decipher.final();
    } catch {
      plain.fill(0);
      throw new PackageError("SEC_E_MESSAGE_ALTERED");
    }
    this.#incoming.accept(header.position);
    return plain;
  }

  /**
   * With RESET_NEW the new context sends from zero. The receiving position is kept: a context that forgot it would
   * accept old messages again.
   */
  export({ resetNew }: { readonly resetNew: boolean }): Buffer {
    const sent = this.#outgoing.position;
    return packState({ ...this.#state, sent: resetNew ? anew(sent) : sent, received: this.#incoming.position });
  }

  close(): void {
    this.#state.secret.fill(0);
  }

  #signature(header: Header, way: "in" | "out", message: Buffer): Buffer {
    return this.#withKey(header, way, "sign", (key) => mac(key, header.bytes, message));
  }

  #withKey<T>({ keySalt }: Header, way: "in" | "out", use: "sign" | "seal", work: (key: Buffer) => T): T {
    const { role, secret } = this.#state;
    const sender = way === "out" ? role : role === "client" ? "server" : "client";
    return withDerived(secret, `${use}, by the ${sender}`, work, keySalt);
  }

  get #expired(): boolean {
    return Date.now() >= this.#state.expiry;
  }

  #refuseExpired(): void {
    if (this.#expired) throw new PackageError("SEC_E_CONTEXT_EXPIRED");
  }
}

function refuseOtherQuality({ quality }: MessageOptions): void {
  if (quality !== 0) throw new PackageError("SEC_E_QOP_NOT_SUPPORTED");
}
