import {
  GSS_C_DCE_STYLE,
  GSS_IOV_BUFFER_TYPE_DATA,
  GSS_IOV_BUFFER_TYPE_HEADER,
} from "../../generated/gssapi/constants.ts";
import { gss_iov_buffer_desc } from "../../generated/gssapi/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import { Arena } from "../memory/index.ts";
import { sessionKeyOf } from "./context-facts.ts";
import type { GssapiCalls } from "./gssapi-calls.ts";
import type { GssapiContext, MessageSizes } from "./gssapi-context.ts";
import { hasFramedTokens } from "./key-algorithms.ts";

const { size: stride, offsets } = gss_iov_buffer_desc.layouts[hostAbi];
/** The length of a signature token (RFC 4121) before its checksum; a message token has the same. */
const headerSize = 16;

/** Returns the token sizes of a context's messages; they depend on its keys, and do not change. */
export function sizesOf(calls: GssapiCalls, context: GssapiContext): MessageSizes {
  context.sizes ??= measured(calls, context);
  return context.sizes;
}

function measured(calls: GssapiCalls, context: GssapiContext): MessageSizes {
  const [sealed, signed] = [headerLength(calls, context, true), headerLength(calls, context, false)];
  // The checksum has the same length in a signature as in a message that is only signed.
  const signature = Math.max(signed, headerSize);
  return { sealed, signed, signature, dceStyle: isDceStyle(context), framed: isFramed(calls, context) };
}

function isFramed(calls: GssapiCalls, context: GssapiContext): boolean {
  const { key, encryptionType } = sessionKeyOf(calls, context);
  key.fill(0);
  return hasFramedTokens(encryptionType);
}

function isDceStyle({ flags }: GssapiContext): boolean {
  return (flags & GSS_C_DCE_STYLE) !== 0;
}

/** Returns the length of a header that also contains the trailer's bytes. */
function headerLength(calls: GssapiCalls, { handle }: GssapiContext, confidential: boolean): number {
  const arena = new Arena(128);
  const parts = arena.allocate(2 * stride);
  [GSS_IOV_BUFFER_TYPE_HEADER, GSS_IOV_BUFFER_TYPE_DATA].forEach((type, index) => {
    gss_iov_buffer_desc.write(
      arena.view,
      { type, buffer: { length: index === 0 ? 0n : 16n, value: 0n } },
      parts.offset + index * stride,
    );
  });
  const minor = arena.allocate(4);
  const ask = calls.library.get("gss_wrap_iov_length");
  const major = Number(ask(minor.address, handle, confidential ? 1 : 0, 0, 0, parts.address, 2)) >>> 0;
  calls.check("gss_wrap_iov_length", major, arena.u32[minor.offset >> 2] as number, "kerberos");
  return arena.getPointer(parts.offset + offsets.buffer);
}
