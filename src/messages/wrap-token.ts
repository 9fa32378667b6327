import { SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import type { BufferList } from "../memory/index.ts";
import { copyOut } from "../native/index.ts";
import { failure } from "../status/index.ts";

/** Of a token of RFC 4121, before what is encrypted and its checksum. */
const headerSize = 16;

/**
 * WinPR's Kerberos looks for a message's checksum where the token's header says, and decrypts there, although a peer
 * may write any number into it: so whether that is within the token is seen before.
 *
 * @throws SspiError `SEC_E_INVALID_TOKEN`
 */
export function checkWrapToken(buffers: BufferList): void {
  const index = buffers.find(SECBUFFER_TOKEN);
  if (index < 0 || buffers.size(index) < headerSize) return;
  const header = Buffer.from(copyOut(buffers.pointer(index), headerSize).buffer);
  if (header.readUInt16BE(0) !== 0x0504) return;
  const [extra, rotation] = [header.readUInt16BE(4), header.readUInt16BE(6)];
  const size = buffers.size(index);
  if (headerSize + extra + rotation <= size) return;
  const cause = new RangeError(`the token of ${size} bytes points to ${extra} and ${rotation} bytes behind its header`);
  throw failure("DecryptMessage", SEC_E_INVALID_TOKEN, undefined, cause);
}
