import {
  GSS_IOV_BUFFER_TYPE_DATA,
  GSS_IOV_BUFFER_TYPE_HEADER,
  GSS_IOV_BUFFER_TYPE_SIGN_ONLY,
  GSS_IOV_BUFFER_TYPE_STREAM,
} from "../../generated/gssapi/constants.ts";
import {
  SECBUFFER_ATTRMASK,
  SECBUFFER_DATA,
  SECBUFFER_PADDING,
  SECBUFFER_READONLY,
  SECBUFFER_READONLY_WITH_CHECKSUM,
  SECBUFFER_STREAM,
  SECBUFFER_TOKEN,
  SECQOP_WRAP_NO_ENCRYPT,
} from "../../generated/sspi/constants.ts";
import * as sec from "../../generated/status/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { type BufferList, workspaceInUse } from "../memory/index.ts";
import { copyOut, type NativeFunction, writeBytes, writeUint32 } from "../native/index.ts";
import { bareType, findBuffer } from "./buffer-table.ts";
import type { GssapiCalls } from "./gssapi-calls.ts";
import type { GssapiContext } from "./gssapi-context.ts";
import { ProviderError } from "./gssapi-error.ts";
import type { GssapiFunction } from "./gssapi-library.ts";
import { MessageList } from "./message-list.ts";
import { sizesOf } from "./message-sizes.ts";
import { isOutOfOrder, routineError } from "./statuses.ts";
import { checkWrapToken } from "./wrap-token.ts";

/** Protects and opens messages of complete contexts, in the caller's buffers. */
export class Messages {
  readonly #calls: GssapiCalls;
  readonly #list = new MessageList();
  #wrap: NativeFunction | undefined;
  #unwrap: NativeFunction | undefined;

  constructor(calls: GssapiCalls) {
    this.#calls = calls;
  }

  /** EncryptMessage: writes the token to SECBUFFER_TOKEN, and seals the data in place. */
  encrypt(context: GssapiContext, quality: number, message: Address): number {
    const confidential = isConfidential(quality);
    const list = this.#list;
    const buffers = list.read(message);
    this.#addParts(context, buffers, false);
    const { minorAddress, stateAddress, partsAddress, parts } = list;
    this.#wrap ??= this.#calls.library.get("gss_wrap_iov");
    const wanted = confidential ? 1 : 0;
    const major = this.#wrap(minorAddress, context.handle, wanted, 0, stateAddress, partsAddress, parts);
    if (major !== 0) this.#check("gss_wrap_iov", Number(major));
    if (list.encrypted !== confidential)
      throw new ProviderError(sec.SEC_E_ENCRYPT_FAILURE, "the library did not protect the message as it was told");
    list.returnParts(buffers);
    return sec.SEC_E_OK;
  }

  /** DecryptMessage: opens a token with separate data, or a stream that holds both. */
  decrypt(context: GssapiContext, message: Address, quality: Address): number {
    const list = this.#list;
    const buffers = list.read(message);
    const stream = findBuffer(buffers, SECBUFFER_STREAM);
    if (stream < 0) this.#addParts(context, buffers, true);
    else this.#streamParts(context, buffers, stream);
    const { minorAddress, stateAddress, qualityAddress, partsAddress, parts } = list;
    this.#unwrap ??= this.#calls.library.get("gss_unwrap_iov");
    const major = this.#unwrap(minorAddress, context.handle, stateAddress, qualityAddress, partsAddress, parts);
    if (major !== 0) this.#check("gss_unwrap_iov", Number(major));
    list.returnParts(buffers);
    if (quality) writeQuality(quality, list.encrypted ? 0 : SECQOP_WRAP_NO_ENCRYPT);
    return sec.SEC_E_OK;
  }

  /** Makes the parts of a message that is sealed or opened, in the order of its buffers. */
  #addParts(context: GssapiContext, buffers: BufferList, opening: boolean): void {
    const { length } = buffers;
    let tokens = 0;
    for (let index = 0; index < length; index += 1) {
      const word = buffers.type(index);
      const type = (word & ~SECBUFFER_ATTRMASK) >>> 0;
      if (type === SECBUFFER_TOKEN) {
        this.#checkToken(context, buffers, index, opening);
        this.#list.addBuffer(GSS_IOV_BUFFER_TYPE_HEADER, buffers, index);
        tokens += 1;
      } else if (type === SECBUFFER_DATA) {
        const part = word === SECBUFFER_DATA ? GSS_IOV_BUFFER_TYPE_DATA : this.#readOnlyPart(word);
        if (part !== undefined) this.#list.addBuffer(part, buffers, index);
      }
      // Messages have no padding.
      else if (type === SECBUFFER_PADDING && !opening) buffers.setSize(index, 0);
    }
    if (tokens !== 1) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, `a message with ${tokens} tokens`);
  }

  /** Checks the room for a token, or the token that came with a message. */
  #checkToken(context: GssapiContext, buffers: BufferList, index: number, opening: boolean): void {
    const sizes = sizesOf(this.#calls, context);
    const size = buffers.size(index);
    if (opening) checkWrapToken(buffers.pointer(index), size, sizes);
    else if (size < sizes.sealed)
      throw new ProviderError(sec.SEC_E_BUFFER_TOO_SMALL, `a token takes ${sizes.sealed} bytes, not ${size}`);
  }

  /** Returns the type of the part for data that is only signed, or undefined for data that is left alone. */
  #readOnlyPart(word: number): number | undefined {
    const access = (word & SECBUFFER_ATTRMASK) >>> 0;
    if (access === SECBUFFER_READONLY) return undefined;
    if (access !== SECBUFFER_READONLY_WITH_CHECKSUM) return GSS_IOV_BUFFER_TYPE_DATA;
    if (this.#calls.library.flavour === "mit") return GSS_IOV_BUFFER_TYPE_SIGN_ONLY;
    const why = "this library garbles data that is signed and not sealed";
    throw new ProviderError(sec.SEC_E_UNSUPPORTED_FUNCTION, why);
  }

  /**
   * Makes the parts of a stream, which is opened in place as one piece. In DCE style the peer's token has the length of
   * this side's token.
   */
  #streamParts(context: GssapiContext, buffers: BufferList, stream: number): void {
    const list = this.#list;
    const data = findBuffer(buffers, SECBUFFER_DATA);
    if (data < 0) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, "a stream without a buffer for its data");
    const [address, size] = [buffers.pointer(stream), buffers.size(stream)];
    const sizes = sizesOf(this.#calls, context);
    checkWrapToken(address, size, sizes);
    if (sizes.dceStyle) {
      if (size < sizes.sealed) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, `a message of ${size} bytes`);
      list.addPart(GSS_IOV_BUFFER_TYPE_HEADER, address, sizes.sealed);
      list.addPart(GSS_IOV_BUFFER_TYPE_DATA, address + sizes.sealed, size - sizes.sealed, data);
    } else {
      list.addPart(GSS_IOV_BUFFER_TYPE_STREAM, address, size);
      list.addPart(GSS_IOV_BUFFER_TYPE_DATA, 0, 0, data);
    }
  }

  /** MakeSignature over all data buffers in order. */
  sign(context: GssapiContext, quality: number, message: Address): number {
    if (quality !== 0) throw new ProviderError(sec.SEC_E_QOP_NOT_SUPPORTED, `a quality of protection of ${quality}`);
    const buffers = this.#list.read(message);
    const token = findBuffer(buffers, SECBUFFER_TOKEN);
    if (token < 0) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, "a message without a buffer for its signature");
    const signature = this.#calls.signature(context.handle, signedBytes(buffers));
    if (signature.length > buffers.size(token))
      throw new ProviderError(sec.SEC_E_BUFFER_TOO_SMALL, `a signature takes ${signature.length} bytes`);
    writeBytes(buffers.pointer(token), signature);
    buffers.setSize(token, signature.length);
    this.#list.write();
    return sec.SEC_E_OK;
  }

  /** VerifySignature over all data buffers in order. */
  verify(context: GssapiContext, message: Address, quality: Address): number {
    const buffers = this.#list.read(message);
    const token = findBuffer(buffers, SECBUFFER_TOKEN);
    if (token < 0) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, "a message without a signature");
    const [signature, length] = [buffers.pointer(token), buffers.size(token)];
    const major = this.#calls.verify(context.handle, signedBytes(buffers), signature, length);
    if (isOutOfOrder(major)) throw outOfOrder();
    if (quality) writeUint32(quality, 0);
    return sec.SEC_E_OK;
  }

  /** Refuses a valid message that is repeated or out of order, although the library has opened it. */
  #check(operation: GssapiFunction, major: number): void {
    if (routineError(major) !== 0) throw this.#calls.failure(operation, major >>> 0, this.#list.minor, "kerberos");
    if (isOutOfOrder(major)) throw outOfOrder();
  }
}

/** Returns the data of a signature: its address and size, or one joined copy of several buffers. */
function signedBytes(
  buffers: BufferList,
): { readonly address: number; readonly size: number } | Uint8Array<ArrayBuffer> {
  const indices = Array.from({ length: buffers.length }, (_, index) => index).filter(
    (index) =>
      bareType(buffers, index) === SECBUFFER_DATA &&
      (buffers.type(index) & SECBUFFER_ATTRMASK) >>> 0 !== SECBUFFER_READONLY,
  );
  const [only, second] = indices;
  if (only !== undefined && second === undefined) return { address: buffers.pointer(only), size: buffers.size(only) };
  return Buffer.concat(indices.map((index) => copyOut(buffers.pointer(index), buffers.size(index))));
}

function isConfidential(quality: number): boolean {
  if (quality === 0) return true;
  if (quality >>> 0 === SECQOP_WRAP_NO_ENCRYPT) return false;
  throw new ProviderError(sec.SEC_E_QOP_NOT_SUPPORTED, `a quality of protection of 0x${(quality >>> 0).toString(16)}`);
}

function writeQuality(address: Address, quality: number): void {
  const workspace = workspaceInUse();
  if (workspace?.qualityAddress === address) workspace.quality = quality;
  else writeUint32(address, quality);
}

function outOfOrder(): ProviderError {
  return new ProviderError(sec.SEC_E_OUT_OF_SEQUENCE, "the message came before, or is not the next one");
}
