import {
  SEC_CHANNEL_BINDINGS_EX_MAGIC,
  SECBUFFER_CHANNEL_BINDINGS,
  SECBUFFER_TOKEN,
} from "../../generated/sspi/constants.ts";
import { SEC_CHANNEL_BINDINGS } from "../../generated/sspi/structs.ts";
import {
  SEC_E_BAD_BINDINGS,
  SEC_E_BUFFER_TOO_SMALL,
  SEC_E_INVALID_TOKEN,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../generated/status/constants.ts";
import { type Address, hostAbi } from "../ctypes/index.ts";
import { findBuffer, securityBuffers } from "../interface/security-buffers.ts";
import { readStruct, readUint32 } from "../native/index.ts";
import type { ContextBuffers } from "./context-buffers.ts";
import type { ContextCells } from "./gssapi-context.ts";
import { ProviderError } from "./gssapi-error.ts";

/** Tells the library of the peer's token, where it is; whether there is one. */
export function setToken(cells: ContextCells, input: Address): boolean {
  const token = findBuffer(securityBuffers(input), SECBUFFER_TOKEN);
  if (!token || token.pointer === 0n || token.size === 0) return false;
  cells.setInput(Number(token.pointer), token.size);
  return true;
}

/**
 * Tells the library of the channel bindings; whether there are any.
 *
 * @throws ProviderError for bindings that do not lie within their buffer
 */
export function setBindings(cells: ContextCells, input: Address): boolean {
  const buffer = findBuffer(securityBuffers(input), SECBUFFER_CHANNEL_BINDINGS);
  if (!buffer) return false;
  const { size } = SEC_CHANNEL_BINDINGS.layouts[hostAbi];
  if (buffer.pointer === 0n || buffer.size < size)
    throw new ProviderError(SEC_E_BAD_BINDINGS, `channel bindings of ${buffer.size} bytes`);
  if (readUint32(buffer.pointer) === SEC_CHANNEL_BINDINGS_EX_MAGIC)
    throw new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, "channel bindings are compared, never only audited");
  const given = readStruct(SEC_CHANNEL_BINDINGS, buffer.pointer);
  const part = (offset: number, length: number) => {
    if (length === 0) return { length: 0n, value: 0n };
    if (offset < size || offset + length > buffer.size)
      throw new ProviderError(SEC_E_BAD_BINDINGS, `channel bindings of ${length} bytes at ${offset}`);
    return { length: BigInt(length), value: buffer.pointer + BigInt(offset) };
  };
  cells.setBindings({
    initiator_addrtype: given.dwInitiatorAddrType,
    initiator_address: part(given.dwInitiatorOffset, given.cbInitiatorLength),
    acceptor_addrtype: given.dwAcceptorAddrType,
    acceptor_address: part(given.dwAcceptorOffset, given.cbAcceptorLength),
    application_data: part(given.dwApplicationDataOffset, given.cbApplicationDataLength),
  });
  return true;
}

/**
 * Hands the token over, in the caller's memory or in memory that FreeContextBuffer releases.
 *
 * @throws ProviderError where it does not fit: the leg is over then, and cannot be made again
 */
export function putToken(token: Uint8Array, output: Address, heap: ContextBuffers, allocate: boolean): void {
  const buffer = findBuffer(securityBuffers(output), SECBUFFER_TOKEN);
  if (!buffer) {
    if (token.length === 0) return;
    throw new ProviderError(SEC_E_INVALID_TOKEN, "there is no buffer for the token");
  }
  if (token.length === 0) buffer.change(allocate ? { size: 0, pointer: 0n } : { size: 0 });
  else if (allocate) buffer.change({ size: token.length, pointer: heap.allocate(token) });
  else if (token.length <= buffer.size && buffer.pointer !== 0n) buffer.fill(token);
  else throw new ProviderError(SEC_E_BUFFER_TOO_SMALL, `a token of ${token.length} bytes for ${buffer.size}`);
}
