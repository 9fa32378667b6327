import {
  SpMakeSignatureFn,
  SpSealMessageFn,
  SpUnsealMessageFn,
  SpVerifySignatureFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import {
  SECBUFFER_DATA,
  SECBUFFER_PADDING,
  SECBUFFER_READONLY,
  SECBUFFER_READONLY_WITH_CHECKSUM,
  SECBUFFER_STREAM,
  SECBUFFER_TOKEN,
} from "../../../generated/sspi/constants.ts";
import { SEC_E_OK } from "../../../generated/status/constants.ts";
import type { Address } from "../../ctypes/index.ts";
import { type Implementations, implement } from "../../interface/native-table.ts";
import { findBuffer, type SecurityBuffer, securityBuffers } from "../../interface/security-buffers.ts";
import { writeBytes, writeUint32 } from "../../native/index.ts";
import { checkBytes } from "../../values/index.ts";
import { type Answers, present } from "./answers.ts";
import { PackageError } from "./package-error.ts";
import type { MessageOptions, SealOptions, Session } from "./session.ts";
import { hasRecords, openRecord, sealRecord, wantsRecord } from "./session-records.ts";

/** Implements MakeSignature, VerifySignature, SealMessage and UnsealMessage on the callers' own buffers. */
export function sessionMessages(answers: Answers, find: (handle: bigint) => Session): Implementations {
  const on = (name: string, handle: Address, message: Address, work: (session: Session, of: Message) => void): number =>
    answers.done(name, () => work(find(BigInt(handle)), new Message(message)));
  return {
    MakeSignature: implement(SpMakeSignatureFn, (handle, quality, message, sequence) =>
      on("sign", handle, message, (session, of) => of.putToken(sign(session, of, { quality, sequence }))),
    ),
    VerifySignature: implement(SpVerifySignatureFn, (handle, message, sequence, quality) =>
      on("verify", handle, message, (session, of) => {
        verify(session, of, { quality: 0, sequence });
        if (BigInt(quality) !== 0n) writeUint32(quality, 0);
      }),
    ),
    SealMessage: implement(SpSealMessageFn, (handle, quality, message, sequence) =>
      on("seal", handle, message, (session, of) => {
        if (wantsRecord(of.buffers)) sealRecord(session, of.buffers, { quality, sequence });
        else seal(session, of, { quality, sequence });
      }),
    ),
    UnsealMessage: implement(SpUnsealMessageFn, (handle, message, sequence, quality) =>
      answers.status("unseal", () => {
        const [session, of] = [find(BigInt(handle)), new Message(message)];
        if (BigInt(quality) !== 0n) writeUint32(quality, 0);
        if (hasRecords(of.buffers)) return openRecord(session, of.buffers, { quality: 0, sequence });
        of.splitStream(session);
        unseal(session, of, { quality: 0, sequence });
        return SEC_E_OK;
      }),
    ),
  };
}

function sign(session: Session, message: Message, options: MessageOptions): Uint8Array {
  if (!session.sign) throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
  return checkBytes(present(session.sign(message.data, options), "sign"), "sign");
}

function verify(session: Session, message: Message, options: MessageOptions): void {
  if (!session.verify) throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
  const good = present(session.verify(message.data, message.token.read(), options), "verify");
  if (typeof good !== "boolean") throw new TypeError(`verify: expected true or false, got ${typeof good}`);
  if (!good) throw new PackageError("SEC_E_MESSAGE_ALTERED");
}

function seal(session: Session, message: Message, options: MessageOptions): void {
  if (!session.seal) throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
  const plain = message.writable;
  const sealed = present(session.seal(plain, sealing(session, message, options)), "seal");
  const data = checkBytes(sealed.data, "seal: data");
  if (data.length !== plain.length)
    throw new RangeError(`seal: expected ${plain.length} bytes of data, got ${data.length}`);
  message.putToken(checkBytes(sealed.token, "seal: token"));
  message.putData(data);
}

function unseal(session: Session, message: Message, options: MessageOptions): void {
  if (!session.unseal) throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
  const sealed = message.writable;
  const opened = session.unseal(sealed, message.token.read(), sealing(session, message, options));
  const plain = checkBytes(present(opened, "unseal"), "unseal");
  if (plain.length > sealed.length)
    throw new RangeError(`unseal: expected at most ${sealed.length} bytes, got ${plain.length}`);
  message.putData(plain);
}

/** Refuses a message with associated parts if the session would leave them unprotected. */
function sealing(session: Session, { associated }: Message, options: MessageOptions): SealOptions {
  if (associated.length > 0 && session.authenticatesAssociated !== true)
    throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION", { message: "read-only parts would go unprotected" });
  return { ...options, associated };
}

/** The buffers of one message. */
class Message {
  readonly buffers: SecurityBuffer[];

  constructor(address: Address) {
    this.buffers = securityBuffers(address);
  }

  get token(): SecurityBuffer {
    const token = findBuffer(this.buffers, SECBUFFER_TOKEN);
    if (!token) throw new PackageError("SEC_E_INVALID_TOKEN", { message: "no TOKEN buffer" });
    return token;
  }

  /** The signed data: the content of all DATA buffers except those that are only marked read-only. */
  get data(): Buffer<ArrayBuffer> {
    return contentOf(this.#data.filter(({ attributes }) => attributes !== SECBUFFER_READONLY));
  }

  /** The data to seal. */
  get writable(): Buffer<ArrayBuffer> {
    return contentOf(this.#writable);
  }

  /** The associated data: readable by everybody, protected by the token. */
  get associated(): Buffer<ArrayBuffer> {
    return contentOf(this.#data.filter(({ attributes }) => attributes === SECBUFFER_READONLY_WITH_CHECKSUM));
  }

  putToken(bytes: Uint8Array): void {
    const { token } = this;
    if (token.size < bytes.length) throw new PackageError("SEC_E_BUFFER_TOO_SMALL");
    token.fill(bytes);
    findBuffer(this.buffers, SECBUFFER_PADDING)?.change({ size: 0 });
  }

  /** Writes the bytes back into the data buffers; a buffer that they do not fill becomes shorter. */
  putData(bytes: Uint8Array): void {
    let start = 0;
    for (const buffer of this.#writable) {
      const part = bytes.subarray(start, start + buffer.size);
      writeBytes(buffer.pointer, part);
      if (part.length < buffer.size) buffer.change({ size: part.length });
      start += part.length;
    }
  }

  /** Splits a message in one buffer into a token of `cbSecurityTrailer` bytes and the data after it. */
  splitStream(session: Session): void {
    const stream = this.buffers.findIndex((buffer) => buffer.type === SECBUFFER_STREAM);
    const data = this.buffers.findIndex((buffer) => buffer.type === SECBUFFER_DATA);
    const [whole, rest] = [this.buffers[stream], this.buffers[data]];
    if (!whole || !rest) return;
    const trailer = session.query?.sizes?.().cbSecurityTrailer ?? 0;
    if (whole.size < trailer) throw new PackageError("SEC_E_INVALID_TOKEN");
    this.buffers[stream] = whole.as({ type: SECBUFFER_TOKEN, size: trailer });
    this.buffers[data] = rest.as({ pointer: whole.pointer + BigInt(trailer), size: whole.size - trailer });
  }

  get #writable(): SecurityBuffer[] {
    return this.#data.filter(({ attributes }) => attributes === 0);
  }

  get #data(): SecurityBuffer[] {
    return this.buffers.filter((buffer) => buffer.type === SECBUFFER_DATA);
  }
}

function contentOf(buffers: readonly SecurityBuffer[]): Buffer<ArrayBuffer> {
  return Buffer.concat(buffers.map((buffer) => buffer.read())) as Buffer<ArrayBuffer>;
}
