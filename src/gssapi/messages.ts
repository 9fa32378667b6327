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
import { workspaceInUse } from "../memory/index.ts";
import { copyOut, type NativeFunction, writeBytes, writeUint32 } from "../native/index.ts";
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
    list.read(message);
    const token = this.#wrapParts(context);
    this.#wrap ??= this.#calls.library.get("gss_wrap_iov");
    const major = Number(
      this.#wrap(
        list.minorAddress,
        context.handle,
        confidential ? 1 : 0,
        0,
        list.stateAddress,
        list.partsAddress,
        list.parts,
      ),
    );
    this.#check("gss_wrap_iov", major);
    if (list.encrypted !== confidential)
      throw new ProviderError(sec.SEC_E_ENCRYPT_FAILURE, "the library did not protect the message as it was told");
    list.setSize(token.buffer, list.partSize(token.part));
    list.write();
    return sec.SEC_E_OK;
  }

  /** DecryptMessage: opens a token with separate data, or a stream that holds both. */
  decrypt(context: GssapiContext, message: Address, quality: Address): number {
    const list = this.#list;
    list.read(message);
    const stream = this.#list.find(SECBUFFER_STREAM);
    const data = stream < 0 ? this.#unwrapParts(context) : this.#streamParts(context, stream);
    const { minorAddress, stateAddress, qualityAddress, partsAddress, parts } = list;
    this.#unwrap ??= this.#calls.library.get("gss_unwrap_iov");
    const major = Number(this.#unwrap(minorAddress, context.handle, stateAddress, qualityAddress, partsAddress, parts));
    this.#check("gss_unwrap_iov", major);
    for (const { buffer, part } of data) {
      list.setSize(buffer, list.partSize(part));
      list.setAddress(buffer, list.partAddress(part));
    }
    list.write();
    if (quality) writeQuality(quality, list.encrypted ? 0 : SECQOP_WRAP_NO_ENCRYPT);
    return sec.SEC_E_OK;
  }

  /** Makes the parts of a message to seal, in the order of its buffers; returns the pair of the token. */
  #wrapParts(context: GssapiContext): Pair {
    const list = this.#list;
    let token: Pair | undefined;
    for (let index = 0; index < list.length; index += 1) {
      const word = list.type(index);
      const type = (word & ~SECBUFFER_ATTRMASK) >>> 0;
      if (type === SECBUFFER_TOKEN) {
        if (token) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, "a message with two buffers for its token");
        const needed = sizesOf(this.#calls, context).sealed;
        if (list.size(index) < needed)
          throw new ProviderError(sec.SEC_E_BUFFER_TOO_SMALL, `a token takes ${needed} bytes, not ${list.size(index)}`);
        token = {
          buffer: index,
          part: list.addPart(GSS_IOV_BUFFER_TYPE_HEADER, list.address(index), list.size(index)),
        };
      } else if (type === SECBUFFER_DATA) this.#addData(word, index);
      // Messages have no padding.
      else if (type === SECBUFFER_PADDING) list.setSize(index, 0);
    }
    if (!token) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, "a message without a buffer for its token");
    return token;
  }

  /** Adds data to seal or to sign only, and returns its pair; returns undefined for data to leave alone. */
  #addData(word: number, index: number): Pair | undefined {
    const list = this.#list;
    const access = (word & SECBUFFER_ATTRMASK) >>> 0;
    if (access === SECBUFFER_READONLY) return undefined;
    const signed = access === SECBUFFER_READONLY_WITH_CHECKSUM;
    if (signed && this.#calls.library.flavour !== "mit")
      throw new ProviderError(
        sec.SEC_E_UNSUPPORTED_FUNCTION,
        "this library garbles data that is signed and not sealed",
      );
    const type = signed ? GSS_IOV_BUFFER_TYPE_SIGN_ONLY : GSS_IOV_BUFFER_TYPE_DATA;
    return { buffer: index, part: list.addPart(type, list.address(index), list.size(index)) };
  }

  #unwrapParts(context: GssapiContext): readonly Pair[] {
    const list = this.#list;
    const data: Pair[] = [];
    let tokens = 0;
    for (let index = 0; index < list.length; index += 1) {
      const word = list.type(index);
      const type = (word & ~SECBUFFER_ATTRMASK) >>> 0;
      if (type === SECBUFFER_TOKEN) {
        checkWrapToken(list.address(index), list.size(index), sizesOf(this.#calls, context));
        list.addPart(GSS_IOV_BUFFER_TYPE_HEADER, list.address(index), list.size(index));
        tokens += 1;
      } else if (type === SECBUFFER_DATA) {
        const pair = this.#addData(word, index);
        if (pair) data.push(pair);
      }
    }
    if (tokens !== 1) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, `a message with ${tokens} tokens`);
    return data;
  }

  /**
   * Makes the parts of a stream, which is opened in place as one piece. In DCE style the peer's token has the length of
   * this side's token.
   */
  #streamParts(context: GssapiContext, stream: number): readonly Pair[] {
    const list = this.#list;
    const data = this.#list.find(SECBUFFER_DATA);
    if (data < 0) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, "a stream without a buffer for its data");
    const [address, size] = [list.address(stream), list.size(stream)];
    const sizes = sizesOf(this.#calls, context);
    checkWrapToken(address, size, sizes);
    if (sizes.dceStyle) {
      if (size < sizes.sealed) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, `a message of ${size} bytes`);
      list.addPart(GSS_IOV_BUFFER_TYPE_HEADER, address, sizes.sealed);
      const part = list.addPart(GSS_IOV_BUFFER_TYPE_DATA, address + sizes.sealed, size - sizes.sealed);
      return [{ buffer: data, part }];
    }
    list.addPart(GSS_IOV_BUFFER_TYPE_STREAM, address, size);
    return [{ buffer: data, part: list.addPart(GSS_IOV_BUFFER_TYPE_DATA, 0, 0) }];
  }

  /** MakeSignature over all data buffers in order. */
  sign(context: GssapiContext, quality: number, message: Address): number {
    if (quality !== 0) throw new ProviderError(sec.SEC_E_QOP_NOT_SUPPORTED, `a quality of protection of ${quality}`);
    const list = this.#list;
    list.read(message);
    const token = this.#list.find(SECBUFFER_TOKEN);
    if (token < 0) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, "a message without a buffer for its signature");
    const signature = this.#calls.signature(context.handle, this.#signedBytes());
    if (signature.length > list.size(token))
      throw new ProviderError(sec.SEC_E_BUFFER_TOO_SMALL, `a signature takes ${signature.length} bytes`);
    writeBytes(list.address(token), signature);
    list.setSize(token, signature.length);
    list.write();
    return sec.SEC_E_OK;
  }

  /** VerifySignature over all data buffers in order. */
  verify(context: GssapiContext, message: Address, quality: Address): number {
    const list = this.#list;
    list.read(message);
    const token = this.#list.find(SECBUFFER_TOKEN);
    if (token < 0) throw new ProviderError(sec.SEC_E_INVALID_TOKEN, "a message without a signature");
    const [signature, length] = [list.address(token), list.size(token)];
    const major = this.#calls.verify(context.handle, this.#signedBytes(), signature, length);
    if (isOutOfOrder(major)) throw outOfOrder();
    if (quality) writeUint32(quality, 0);
    return sec.SEC_E_OK;
  }

  /** Returns the data of a signature: its address and size, or one joined copy of several buffers. */
  #signedBytes(): { readonly address: number; readonly size: number } | Uint8Array<ArrayBuffer> {
    const list = this.#list;
    const indices = Array.from({ length: list.length }, (_, index) => index).filter(
      (index) =>
        (list.type(index) & ~SECBUFFER_ATTRMASK) >>> 0 === SECBUFFER_DATA &&
        (list.type(index) & SECBUFFER_ATTRMASK) >>> 0 !== SECBUFFER_READONLY,
    );
    const [only, second] = indices;
    if (only !== undefined && second === undefined) return { address: list.address(only), size: list.size(only) };
    return Buffer.concat(indices.map((index) => copyOut(list.address(index), list.size(index))));
  }

  /** Refuses a valid message that is repeated or out of order, although the library has opened it. */
  #check(operation: GssapiFunction, major: number): void {
    if (routineError(major) !== 0) throw this.#calls.failure(operation, major >>> 0, this.#list.minor, "kerberos");
    if (isOutOfOrder(major)) throw outOfOrder();
  }
}

/** The index of a buffer, and the index of the part made from it. */
interface Pair {
  readonly buffer: number;
  readonly part: number;
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
