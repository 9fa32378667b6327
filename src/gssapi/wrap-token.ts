import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { Arena } from "../memory/index.ts";
import { copyMemory } from "../native/index.ts";
import type { MessageSizes } from "./gssapi-context.ts";
import { ProviderError } from "./gssapi-error.ts";

/** Of a token of RFC 4121, before what is encrypted and its checksum. */
const headerSize = 16;
const wrapToken = 0x0504;
const sealedFlag = 2;

/** Where a header is copied to: no call is made while it is looked at. */
let cell: Arena | undefined;

/**
 * Whether what the header of a token announces is within the token: libraries without the corrections of
 * CVE-2024-37370 and CVE-2024-37371 believe it. `size` is of the token, or of the message that begins with it.
 *
 * @throws ProviderError SEC_E_INVALID_TOKEN
 */
export function checkWrapToken(address: number, size: number, { sealed, signed, framed }: MessageSizes): void {
  if (address === 0 || size < headerSize) throw invalid(`${size} bytes`);
  cell ??= new Arena(headerSize);
  copyMemory(cell.base, address, headerSize);
  const { view: header } = cell;
  // Older keys have tokens in a form of their own. MIT's library opens one in that form with a key that newer contexts lack.
  if (framed !== (header.getUint16(0) !== wrapToken)) throw invalid("another form than the context's");
  if (framed) return;
  const isSealed = (header.getUint8(2) & sealedFlag) !== 0;
  const filler = header.getUint16(4);
  // Without encryption the same field is the length of the checksum.
  const overhead = isSealed ? sealed : signed;
  const announced = isSealed ? filler : Math.max(filler, overhead - headerSize);
  if (announced > size - headerSize || size < overhead)
    throw invalid(`${size} bytes, of which ${announced} are announced behind the header`);
}

function invalid(what: string): ProviderError {
  return new ProviderError(SEC_E_INVALID_TOKEN, `a message's token of ${what}`);
}
