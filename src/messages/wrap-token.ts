import { SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import type { BufferList } from "../memory/index.ts";
import { copyOut } from "../native/index.ts";
import { failure, type SspiError } from "../status/index.ts";

/** Of a token of RFC 4121, before what is encrypted and its checksum. */
const headerSize = 16;
/** Of the flags of such a token, in its third byte. */
const isSealed = 0x02;

/**
 * For providers that follow a peer's offsets: WinPR reads as much of a token as it announces, and its Kerberos looks for
 * the message's checksum, and decrypts, where the token's header says. Checks that all of that is within the token.
 *
 * @throws SspiError `SEC_E_INVALID_TOKEN`
 */
export function checkToken(buffers: BufferList, trailer: number): void {
  const index = buffers.find(SECBUFFER_TOKEN);
  if (index < 0) return;
  const size = buffers.size(index);
  if (size < trailer) throw invalidToken("DecryptMessage", `the token has ${size} bytes of at least ${trailer}`);
  // Kerberos' trailer is longer than NTLM's, which does not pay for this.
  if (trailer > headerSize) checkHeader(Buffer.from(copyOut(buffers.pointer(index), headerSize).buffer), size, trailer);
}

/**
 * For providers that do not look at a signature's size: WinPR's NTLM compares as many bytes as its signatures have, and
 * what lies behind a shorter one may be left of another.
 *
 * @throws SspiError `SEC_E_INVALID_TOKEN`
 */
export function checkSignature(buffers: BufferList, least: number): void {
  const index = buffers.find(SECBUFFER_TOKEN);
  const size = index < 0 ? 0 : buffers.size(index);
  if (size < least) throw invalidToken("VerifySignature", `the signature has ${size} bytes of ${least}`);
}

function checkHeader(header: Buffer, size: number, trailer: number): void {
  if (header.readUInt16BE(0) !== 0x0504) return;
  const [extra, rotation] = [header.readUInt16BE(4), header.readUInt16BE(6)];
  if (extra + Math.max(trailer, headerSize + rotation) <= size) return;
  throw invalidToken(
    "DecryptMessage",
    `the token of ${size} bytes points to ${extra} and ${rotation} bytes behind its header`,
  );
}

function invalidToken(operation: string, why: string): SspiError {
  return failure({ operation, status: SEC_E_INVALID_TOKEN, cause: new RangeError(why) });
}

/**
 * Turns a sealed message of RFC 4121 (4.2.5) so that its token comes first, for providers that do not look for it. Peers
 * may turn a message by any number of bytes, or not at all as MIT's gss_wrap does; nothing protects that number.
 */
export function rotateTokenToFront(message: Buffer, trailer: number): void {
  if (trailer <= 2 * headerSize || message.length < trailer || message.readUInt16BE(0) !== 0x0504) return;
  if (((message[2] ?? 0) & isSealed) === 0 || message.readUInt16BE(4) !== 0) return;
  const body = message.subarray(headerSize);
  // Behind the header come its encrypted copy and the checksum, then what was encrypted: a confounder as long as a header.
  const wanted = trailer - 2 * headerSize;
  const turn = (((wanted - message.readUInt16BE(6)) % body.length) + body.length) % body.length;
  message.writeUInt16BE(wanted, 6);
  if (turn === 0) return;
  const before = Buffer.from(body);
  body.set(before.subarray(before.length - turn));
  body.set(before.subarray(0, before.length - turn), turn);
}
