import { SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { type BufferList, bytesAt } from "../memory/index.ts";
import { failure, type SspiError } from "../status/index.ts";
import {
  extraCountOf,
  isSealedHeader,
  isWrapHeader,
  rotationOf,
  setRotation,
  wrapHeaderSize,
} from "../values/index.ts";

/**
 * Checks a token for providers that trust a peer's offsets. WinPR reads as many bytes of a token as it announces
 * itself, and its Kerberos reads the checksum and decrypts where the token's header points, so all of that has to be
 * inside the token.
 *
 * @throws SspiError `SEC_E_INVALID_TOKEN`
 */
export function checkToken(buffers: BufferList, trailer: number): void {
  const index = buffers.find(SECBUFFER_TOKEN);
  if (index < 0) return;
  const size = buffers.size(index);
  if (size < trailer) throw invalidToken("DecryptMessage", `the token has ${size} bytes of at least ${trailer}`);
  // Only Kerberos needs this check; NTLM's shorter trailer avoids its cost.
  if (trailer > wrapHeaderSize) checkHeader(bytesAt(buffers.pointer(index), wrapHeaderSize), size, trailer);
}

/**
 * Checks a signature's size for providers that do not. WinPR's NTLM always compares the full length of its own
 * signatures, and the bytes after a shorter signature may be left over from another one.
 *
 * @throws SspiError `SEC_E_INVALID_TOKEN`
 */
export function checkSignature(buffers: BufferList, least: number): void {
  const index = buffers.find(SECBUFFER_TOKEN);
  const size = index < 0 ? 0 : buffers.size(index);
  if (size < least) throw invalidToken("VerifySignature", `the signature has ${size} bytes of ${least}`);
}

function checkHeader(header: Uint8Array, size: number, trailer: number): void {
  if (!isWrapHeader(header)) return;
  const [extra, rotation] = [extraCountOf(header), rotationOf(header)];
  if (extra + Math.max(trailer, wrapHeaderSize + rotation) <= size) return;
  throw invalidToken(
    "DecryptMessage",
    `the token of ${size} bytes points to ${extra} and ${rotation} bytes behind its header`,
  );
}

function invalidToken(operation: string, why: string): SspiError {
  return failure({ operation, status: SEC_E_INVALID_TOKEN, cause: new RangeError(why) });
}

/**
 * Rotates a sealed message of RFC 4121 (4.2.5) so that its token comes first, for providers that do not search for it.
 * Peers may rotate a message by any number of bytes, or not at all as MIT's gss_wrap does; this number is not
 * protected.
 */
export function rotateTokenToFront(message: Buffer, trailer: number): void {
  if (trailer <= 2 * wrapHeaderSize || message.length < trailer || !isWrapHeader(message)) return;
  if (!isSealedHeader(message) || extraCountOf(message) !== 0) return;
  const body = message.subarray(wrapHeaderSize);
  // After the header come its encrypted copy and the checksum, then the encrypted data, whose confounder is as long as
  // a header.
  const wanted = trailer - 2 * wrapHeaderSize;
  const turn = (((wanted - rotationOf(message)) % body.length) + body.length) % body.length;
  setRotation(message, wanted);
  if (turn === 0) return;
  const before = Buffer.from(body);
  body.set(before.subarray(before.length - turn));
  body.set(before.subarray(0, before.length - turn), turn);
}
