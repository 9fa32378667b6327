import { SECBUFFER_DATA, SECBUFFER_STREAM, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_INTERNAL_ERROR, SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { addressInPlace, type BufferList, leaseWorkspace, returnWorkspace, type Workspace } from "../memory/index.ts";
import { failure } from "../status/index.ts";
import { checkBytes, lengthOf } from "../values/index.ts";
import { type Channel, notForStreams } from "./channel.ts";
import { callDecrypt } from "./native-calls.ts";
import { type DecryptOptions, unprotectionOf } from "./options.ts";
import { returnedSize } from "./returned-size.ts";
import { rotateTokenToFront } from "./wrap-token.ts";

/** Decrypts `token ‖ data` into a new buffer; the message is not changed. */
export function decrypt(channel: Channel, message: Uint8Array, options?: DecryptOptions): Buffer<ArrayBuffer> {
  if (channel.records) throw notForStreams("decrypt", "decryptStream");
  const copy = Buffer.from(checkBytes(message, "message")) as Buffer<ArrayBuffer>;
  const { sequence, allowUnencrypted } = unprotectionOf(options);
  const start = addressInPlace(copy, "message");
  const workspace = leaseWorkspace();
  try {
    describe(channel, workspace, start, copy);
    callDecrypt(channel, workspace, sequence, allowUnencrypted);
    return plaintext(workspace.message, copy, start);
  } finally {
    returnWorkspace(workspace);
  }
}

/**
 * Windows takes the whole message as a stream and finds the token itself, which for Kerberos may be shorter than the
 * trailer. Other providers are told where the token is: the first bytes, as many as the trailer has.
 */
function describe(channel: Channel, { message }: Workspace, start: number, copy: Buffer): void {
  const { trailer } = channel;
  const { length } = copy;
  message.length = 2;
  if (!channel.provider.traits.findsTokens) {
    if (length < trailer) {
      const cause = new RangeError(`the message has ${length} bytes, and its token at least ${trailer}`);
      throw failure({ operation: "DecryptMessage", status: SEC_E_INVALID_TOKEN, cause });
    }
    rotateTokenToFront(copy, trailer);
    message.set(0, SECBUFFER_TOKEN, start, trailer);
    message.set(1, SECBUFFER_DATA, start + trailer, length - trailer);
  } else {
    message.set(0, SECBUFFER_STREAM, start, length);
    message.set(1, SECBUFFER_DATA, 0, 0);
  }
}

/**
 * The plaintext, at the place that the package reports in the copy of the message; a place outside the copy is refused.
 */
function plaintext(buffers: BufferList, copy: Buffer<ArrayBuffer>, start: number): Buffer<ArrayBuffer> {
  const data = buffers.find(SECBUFFER_DATA);
  const size = data < 0 ? undefined : buffers.size(data);
  if (size === 0) return copy.subarray(0, 0);
  const offset = buffers.pointer(Math.max(data, 0)) - start;
  if (size === undefined || offset < 0 || offset + size > copy.length) {
    const cause = new RangeError("the package named no plaintext within the message");
    throw failure({ operation: "DecryptMessage", status: SEC_E_INTERNAL_ERROR, cause });
  }
  return copy.subarray(offset, offset + size);
}

/** Decrypts `data` in place and returns how many of its bytes are plaintext. */
export function decryptInPlace(
  channel: Channel,
  token: Uint8Array,
  data: Uint8Array,
  options?: DecryptOptions,
): number {
  if (channel.records) throw notForStreams("decryptInPlace", "decryptStreamInPlace");
  const { sequence, allowUnencrypted } = unprotectionOf(options);
  const tokenAddress = addressInPlace(token, "token");
  const dataAddress = addressInPlace(data, "data");
  const workspace = leaseWorkspace();
  try {
    const { message } = workspace;
    message.length = 2;
    message.set(0, SECBUFFER_TOKEN, tokenAddress, lengthOf(token));
    message.set(1, SECBUFFER_DATA, dataAddress, lengthOf(data));
    callDecrypt(channel, workspace, sequence, allowUnencrypted);
    return returnedSize("DecryptMessage", message, 1, dataAddress, lengthOf(data));
  } finally {
    returnWorkspace(workspace);
  }
}
