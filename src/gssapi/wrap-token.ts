import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { bytesAt } from "../memory/index.ts";
import { extraCountOf, isSealedHeader, isWrapHeader, wrapHeaderSize } from "../values/index.ts";
import type { MessageSizes } from "./gssapi-context.ts";
import { ProviderError } from "./gssapi-error.ts";

/**
 * Checks that the lengths in a token's header stay within the token: libraries without the fixes of CVE-2024-37370 and
 * CVE-2024-37371 trust them. `size` is the size of the token, or of the message that begins with it.
 *
 * @throws ProviderError SEC_E_INVALID_TOKEN
 */
export function checkWrapToken(address: number, size: number, { sealed, signed, framed }: MessageSizes): void {
  if (address === 0 || size < wrapHeaderSize) throw invalid(`${size} bytes`);
  const header = bytesAt(address, wrapHeaderSize);
  // Older keys have their own token form. MIT's library opens a token of that form with a key that newer contexts lack.
  if (framed === isWrapHeader(header)) throw invalid("another form than the context's");
  if (framed) return;
  const isSealed = isSealedHeader(header);
  const filler = extraCountOf(header);
  // Without encryption this field is the length of the checksum.
  const overhead = isSealed ? sealed : signed;
  const announced = isSealed ? filler : Math.max(filler, overhead - wrapHeaderSize);
  if (announced > size - wrapHeaderSize || size < overhead)
    throw invalid(`${size} bytes, of which ${announced} are announced behind the header`);
}

function invalid(what: string): ProviderError {
  return new ProviderError(SEC_E_INVALID_TOKEN, `a message's token of ${what}`);
}
