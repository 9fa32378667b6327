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
import { copyMemory, readStruct, readUint32 } from "../native/index.ts";
import { BufferTable, findBuffer } from "./buffer-table.ts";
import type { ContextBuffers } from "./context-buffers.ts";
import type { ContextCells } from "./gssapi-context.ts";
import { ProviderError } from "./gssapi-error.ts";

/** The buffer lists of one provider's legs; each list is read right before it is used. */
export class LegBuffers {
  readonly #table = new BufferTable();

  /**
   * Sets the address of the peer's token and the channel bindings for the library; returns whether each is present.
   *
   * @throws ProviderError for bindings that do not lie within their buffer
   */
  setInput(cells: ContextCells, input: Address): { readonly token: boolean; readonly bindings: boolean } {
    const buffers = this.#table.read(input);
    const bindings = findBuffer(buffers, SECBUFFER_CHANNEL_BINDINGS);
    if (bindings >= 0) setBindings(cells, buffers.pointer(bindings), buffers.size(bindings));
    const index = findBuffer(buffers, SECBUFFER_TOKEN);
    const token = index >= 0 && buffers.pointer(index) !== 0 && buffers.size(index) !== 0;
    if (token) cells.setInput(buffers.pointer(index), buffers.size(index));
    return { token, bindings: bindings >= 0 };
  }

  /**
   * Passes the token that the library made to the caller, in the caller's memory or in memory that FreeContextBuffer
   * releases.
   *
   * @throws ProviderError if the token does not fit: the leg is then over, and cannot be repeated
   */
  putToken(
    { outputAddress, outputSize }: ContextCells,
    output: Address,
    heap: ContextBuffers,
    allocate: boolean,
  ): void {
    const buffers = this.#table.read(output);
    const index = findBuffer(buffers, SECBUFFER_TOKEN);
    if (index < 0) {
      if (outputSize === 0) return;
      throw new ProviderError(SEC_E_INVALID_TOKEN, "there is no buffer for the token");
    }
    if (allocate) buffers.setPointer(index, outputSize === 0 ? 0 : heap.copy(outputAddress, outputSize));
    else if (outputSize > 0 && (outputSize > buffers.size(index) || buffers.pointer(index) === 0))
      throw new ProviderError(SEC_E_BUFFER_TOO_SMALL, `a token of ${outputSize} bytes for ${buffers.size(index)}`);
    else if (outputSize > 0) copyMemory(buffers.pointer(index), outputAddress, outputSize);
    buffers.setSize(index, outputSize);
    this.#table.write();
  }
}

function setBindings(cells: ContextCells, address: number, length: number): void {
  const { size } = SEC_CHANNEL_BINDINGS.layouts[hostAbi];
  if (address === 0 || length < size)
    throw new ProviderError(SEC_E_BAD_BINDINGS, `channel bindings of ${length} bytes`);
  if (readUint32(address) === SEC_CHANNEL_BINDINGS_EX_MAGIC)
    throw new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, "channel bindings are compared, never only audited");
  const given = readStruct(SEC_CHANNEL_BINDINGS, address);
  const part = (offset: number, bytes: number) => {
    if (bytes === 0) return { length: 0n, value: 0n };
    if (offset < size || offset + bytes > length)
      throw new ProviderError(SEC_E_BAD_BINDINGS, `channel bindings of ${bytes} bytes at ${offset}`);
    return { length: BigInt(bytes), value: BigInt(address + offset) };
  };
  cells.setBindings({
    initiator_addrtype: given.dwInitiatorAddrType,
    initiator_address: part(given.dwInitiatorOffset, given.cbInitiatorLength),
    acceptor_addrtype: given.dwAcceptorAddrType,
    acceptor_address: part(given.dwAcceptorOffset, given.cbAcceptorLength),
    application_data: part(given.dwApplicationDataOffset, given.cbApplicationDataLength),
  });
}
